import type { Json, JsonType, SchemaNode } from '../../../schema/ast.ts';
import { sameJson } from '../../same-schema.ts';
import { conjunction } from '../conjunction.ts';

/** What a schema says about one place of an event, laid together for words. */
export interface Place {
  /** Everything that must hold there: through `$ref`, `allOf`, sole alternatives, and what stands beside `null`. */
  readonly nodes: readonly SchemaNode[];
  /** Undefined: any type. Empty: nothing is valid. */
  readonly types: readonly JsonType[] | undefined;
  /** Undefined: not counted out. */
  readonly values: readonly Json[] | undefined;
  readonly unions: readonly Union[];
}

/** Alternatives of which one (or at least one) must hold. */
export interface Union {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly branches: readonly SchemaNode[];
}

/** `joined: false` keeps a sole alternative, and one beside `null`, apart like any other. */
export function placeOf(start: readonly SchemaNode[], joined = true): Place {
  const nodes = new Set(conjunction(start));
  const unions: Union[] = [];
  const typeLists: (readonly JsonType[])[] = [];
  let nullable = false;
  for (const node of nodes) {
    if (node.types) typeLists.push(node.types);
    for (const union of unionsOf(node)) {
      const types = plainTypes(union);
      const others = union.branches.filter((branch) => !isNull(branch));
      if (types) typeLists.push(types);
      else if (joined && others.length === 1) {
        nullable ||= others.length < union.branches.length;
        for (const each of conjunction(others)) nodes.add(each);
      } else unions.push(union);
    }
  }
  const all = [...nodes];
  const counted = meet(all.flatMap((node) => (node.enum ? [node.enum] : [])));
  const values = counted?.filter((value) => typeLists.every((list) => takes(list, typeOf(value))));
  const types = all.some(({ always }) => always === false) ? [] : typesOf(typeLists, values);
  return {
    nodes: all,
    types: nullable && types && !types.includes('null') ? [...types, 'null'] : types,
    values: nullable && values && !values.includes(null) ? [...values, null] : values,
    unions,
  };
}

function unionsOf(node: SchemaNode): readonly Union[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const branches = node[keyword];
    return branches ? [{ keyword, branches }] : [];
  });
}

/** The types of alternatives that say nothing but their type: another way to write a list of types. */
function plainTypes({ branches }: Union): readonly JsonType[] | undefined {
  const plain = branches.every((branch) =>
    conjunction([branch]).every((node) => Object.keys(node).every((key) => silent.includes(key))),
  );
  const lists = branches.map((branch) => conjunction([branch]).flatMap(({ types }) => types ?? []));
  return plain && lists.every((list) => list.length > 0) ? lists.flat() : undefined;
}

const silent: readonly string[] = ['at', 'types', 'annotations', 'ref', 'allOf'];

function isNull(branch: SchemaNode): boolean {
  return conjunction([branch]).some(
    ({ types, enum: values }) =>
      (types?.length === 1 && types[0] === 'null') || (values?.length === 1 && values[0] === null),
  );
}

const everyType: readonly JsonType[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

function typesOf(
  lists: readonly (readonly JsonType[])[],
  values: readonly Json[] | undefined,
): readonly JsonType[] | undefined {
  if (values) return everyType.filter((type) => values.some((value) => typeOf(value) === type));
  if (lists.length === 0) return undefined;
  const types = everyType.filter((type) => lists.every((list) => takes(list, type)));
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}

function takes(list: readonly JsonType[], type: JsonType): boolean {
  return list.includes(type) || (type === 'integer' && list.includes('number'));
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'string' | 'object';
}

/** The values that all of the lists have; undefined when there is no list. */
function meet(lists: readonly (readonly Json[])[]): readonly Json[] | undefined {
  const [first, ...others] = lists;
  return first?.filter((value) => others.every((list) => list.some((other) => sameJson(value, other))));
}
