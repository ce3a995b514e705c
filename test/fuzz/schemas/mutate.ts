import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { randomValue } from '../instances/random-value.ts';
import { definitionsKeyword, keywordsOf } from '../keywords.ts';
import type { Random } from '../random.ts';
import { names, types } from '../world.ts';
import { type Grammar, someKeywords, subschema } from './grammar.ts';
import { childrenOf, isList, isObject, memberOf, type Place, placesOf, replaceAt, without } from './places.ts';
import { randomPattern } from './random-pattern.ts';

/**
 * Changes such as people make to a schema: one keyword a little tighter or wider, a property more or less, a subschema
 * moved, wrapped or written anew. Two schemas that are one change apart are compatible, or not, for an interesting reason.
 */
export function mutate(random: Random, dialect: Dialect, schema: Json): Json {
  const grammar: Grammar = { random, dialect, references: referencesTo(schema, dialect) };
  let changed = schema;
  for (
    let left = random.weighted([
      [6, 1],
      [3, 2],
      [1, 4],
    ]);
    left > 0;
    left--
  ) {
    changed = changeOnce(grammar, changed);
  }
  return changed;
}

type Change = (grammar: Grammar, schema: JsonObject) => Json;

const changes: readonly (readonly [number, Change])[] = [
  [6, changeKeyword],
  [3, ({ random }, schema) => without(schema, random.pick(['', ...Object.keys(schema)]))],
  [4, (grammar, schema) => ({ ...schema, ...someKeywords(grammar, 1) })],
  [3, changeProperties],
  [2, changeChild],
  [2, wrap],
];

function changeOnce(grammar: Grammar, schema: Json): Json {
  const { random, dialect } = grammar;
  const places = placesOf(schema, dialect).filter(({ path }) => !endsAtDefinitions(path));
  const { path, schema: inner } = random.pick(places);
  if (!isObject(inner)) return replaceAt(schema, path, path.length === 0 ? inner : subschema(grammar, 1));
  return replaceAt(schema, path, random.weighted(changes)(grammar, inner));
}

function endsAtDefinitions(path: Place['path']): boolean {
  const keyword = path.at(-1);
  return keyword === 'definitions' || keyword === '$defs';
}

/** A value of a keyword moved by a little. */
function changeKeyword(grammar: Grammar, schema: JsonObject): Json {
  const { random, dialect } = grammar;
  const known = Object.keys(schema).filter((name) => keywordsOf(dialect).get(name)?.holds === 'value');
  const changeable = known.filter((name) => !/^\$?(id|schema|anchor|ref|dynamic|recursive)/i.test(name));
  if (changeable.length === 0) return { ...schema, ...someKeywords(grammar, 0) };
  const name = random.pick(changeable);
  return { ...schema, [name]: changedValue(random, name, schema[name] ?? null) };
}

function changedValue(random: Random, name: string, value: Json): Json {
  if (typeof value === 'number') {
    const step = /^(min|max)[A-Z]/.test(name) ? 1 : random.pick([1, 0.5, 0.1]);
    if (name === 'multipleOf') return random.pick([value * 2, value / 2, value * 3, 1]);
    return Math.max(/^(min|max)[A-Z]/.test(name) ? 0 : -1e9, value + random.pick([step, -step]));
  }
  if (typeof value === 'boolean') return !value;
  if (name === 'type') return changedType(random, value);
  if (name === 'pattern') return randomPattern(random);
  if (name === 'required') return changedNames(random, value);
  if (name === 'enum' && isList(value)) {
    const fewer = value.filter((_, index) => index !== 0);
    return fewer.length > 0 && random.chance(0.5) ? fewer : withOther(value, randomValue(random, 1));
  }
  if (name === 'const' || name === 'default' || name === 'examples') {
    return name === 'examples' ? [randomValue(random, 1)] : randomValue(random, 1);
  }
  if (name === 'dependentRequired' && isObject(value)) {
    return { ...value, [random.pick(names)]: [random.pick(names)] };
  }
  return value;
}

function changedType(random: Random, value: Json): Json {
  const said = isList(value) ? value.map(String) : [String(value)];
  if (said.length === 1 && (said[0] === 'integer' || said[0] === 'number') && random.chance(0.5)) {
    return said[0] === 'integer' ? 'number' : 'integer';
  }
  const fewer = said.slice(1);
  return fewer.length > 0 && random.chance(0.5) ? fewer : [...new Set([...said, random.pick(types)])];
}

function changedNames(random: Random, value: Json): Json {
  const said = isList(value) ? value.map(String) : [];
  const fewer = said.slice(1);
  return fewer.length > 0 && random.chance(0.5) ? fewer : [...new Set([...said, random.pick(names)])];
}

function withOther(values: readonly Json[], other: Json): Json {
  const text = JSON.stringify(other);
  return values.some((value) => JSON.stringify(value) === text) ? values : [...values, other];
}

/** A property added, dropped, renamed, or given a default. */
function changeProperties(grammar: Grammar, schema: JsonObject): Json {
  const { random } = grammar;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const own = Object.keys(properties);
  const target = own.length > 0 ? random.pick(own) : random.pick(names);
  const other = random.pick(names);
  const member = memberOf(properties, target) ?? true;
  const make = random.pick<() => JsonObject>([
    () => ({ ...properties, [other]: subschema(grammar, 1) }),
    () => without(properties, target),
    () => ({ ...without(properties, target), [other]: member }),
    () => ({ ...properties, [target]: isObject(member) ? { ...member, default: randomValue(random, 1) } : member }),
  ]);
  return { ...schema, properties: make() };
}

/** A subschema dropped into the place of another, or written anew. */
function changeChild(grammar: Grammar, schema: JsonObject): Json {
  const { random, dialect } = grammar;
  const children = childrenOf(schema, dialect).filter(({ path }) => path[0] !== definitionsKeyword(dialect));
  if (children.length === 0) return { ...schema, ...someKeywords(grammar, 1) };
  const { path } = random.pick(children);
  const replacement = random.chance(0.4) ? random.pick(children).schema : subschema(grammar, 1);
  return replaceAt(schema, path, replacement);
}

/** The schema beside or inside another one; names and definitions stay outside. */
function wrap(grammar: Grammar, schema: JsonObject): Json {
  const { random } = grammar;
  const outside = identityOf(schema);
  const inside = without(schema, ...Object.keys(outside));
  const made = random.pick<() => JsonObject>([
    () => ({ anyOf: [inside, subschema(grammar, 1)] }),
    () => ({ oneOf: [inside, subschema(grammar, 1)] }),
    () => ({ allOf: [inside, subschema(grammar, 1)] }),
    () => ({ not: inside }),
  ]);
  return { ...outside, ...made() };
}

const identity: ReadonlySet<string> = new Set([
  ...['$schema', 'id', '$id', '$anchor', '$dynamicAnchor', '$recursiveAnchor', '$defs', 'definitions'],
]);

/** What gives a schema its names and holds what it refers to. It cannot move without changing what references mean. */
export function identityOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => identity.has(name)));
}

/** References to the definitions; none where a definition has an address, inside of which a pointer leads elsewhere. */
function referencesTo(schema: Json, dialect: Dialect): JsonObject[] {
  const keyword = definitionsKeyword(dialect);
  const definitions = memberOf(schema, keyword);
  if (!isObject(definitions) || Object.values(definitions).some(hasAddress)) return [];
  const plain = Object.keys(definitions).filter((name) => /^[\w-]+$/.test(name));
  return plain.slice(0, 10).map((name) => ({ $ref: `#/${keyword}/${name}` }));
}

function hasAddress(schema: Json): boolean {
  return ['id', '$id'].some((name) => memberOf(schema, name) !== undefined);
}
