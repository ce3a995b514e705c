import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { definitionsKeyword, hidesSiblings } from '../keywords.ts';
import type { Random } from '../random.ts';
import { identityOf } from './mutate.ts';
import { isList, isObject, rewriteAll, without } from './places.ts';

/**
 * Ways to write a schema otherwise without changing what it means. No verdict between a schema and one of these may say
 * `incompatible`, in either relation.
 */
export function withSameMeaning(random: Random, dialect: Dialect, schema: Json): Json {
  if (!isObject(schema)) return { allOf: [{ allOf: [schema === true ? {} : { not: {} }] }] };
  return random.pick(rewrites)(schema, dialect);
}

type Rewrite = (schema: JsonObject, dialect: Dialect) => Json;

const rewrites: readonly Rewrite[] = [
  (schema, dialect) => rewriteAll(schema, dialect, (part) => Object.fromEntries(Object.entries(part).reverse())),
  wrapped('allOf'),
  wrapped('anyOf'),
  wrapped('oneOf'),
  behindReference,
  (schema, dialect) => rewriteAll(schema, dialect, reordered),
];

/** An old `$ref` hides what stands beside it, also the `$id` that would count once it is moved. */
function stays(schema: JsonObject, dialect: Dialect): boolean {
  return hidesSiblings(dialect) && schema.$ref !== undefined && Object.keys(schema).length > 1;
}

function wrapped(keyword: 'allOf' | 'anyOf' | 'oneOf'): Rewrite {
  return (schema, dialect) => {
    if (stays(schema, dialect)) return schema;
    const outside = identityOf(schema);
    return { ...outside, [keyword]: [without(schema, ...Object.keys(outside))] };
  };
}

function behindReference(schema: JsonObject, dialect: Dialect): Json {
  if (stays(schema, dialect)) return schema;
  const keyword = definitionsKeyword(dialect);
  const outside = identityOf(schema);
  const definitions = outside[keyword];
  const own = isObject(definitions) ? definitions : {};
  const inside = without(schema, ...Object.keys(outside));
  const reference: JsonObject = { $ref: `#/${keyword}/whole` };
  return {
    ...outside,
    ...(hidesSiblings(dialect) ? { allOf: [reference] } : reference),
    [keyword]: { ...own, whole: inside },
  };
}

/** Lists whose order says nothing, turned round. */
function reordered(schema: JsonObject): Json {
  const entries = Object.entries(schema).map(([name, value]): [string, Json] => {
    const free = ['allOf', 'anyOf', 'oneOf', 'enum', 'required'].includes(name) || name === 'type';
    return [name, free && isList(value) ? [...value].reverse() : value];
  });
  return Object.fromEntries(entries);
}
