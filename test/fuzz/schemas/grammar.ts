import { type Dialect, dialects, type Json, type JsonObject } from '../../../generator/src/schema/index.ts';
import { randomValue } from '../instances/random-value.ts';
import { hidesSiblings, keywordsOf } from '../keywords.ts';
import type { Random } from '../random.ts';
import { formats, names, numbers, scalars, types } from '../world.ts';
import { randomPattern } from './random-pattern.ts';

/**
 * Random schemas of a dialect over all of its keywords. Most say something sensible about one type, as written schemas
 * do; some throw keywords of several types together, since that is where engines go wrong.
 */
export interface Grammar {
  readonly random: Random;
  readonly dialect: Dialect;
  /** What a reference may look like here: `{ $ref: … }` and its kin. */
  readonly references: readonly JsonObject[];
}

type Make = (grammar: Grammar, depth: number) => JsonObject;
type Entry = readonly [weight: number, make: Make];

const count = ({ random }: Grammar): number => random.below(4);
export const isSince = (dialect: Dialect, since: Dialect): boolean =>
  dialects.indexOf(dialect) >= dialects.indexOf(since);

function schemas(grammar: Grammar, depth: number, most: number): Json[] {
  return Array.from({ length: 1 + grammar.random.below(most) }, () => subschema(grammar, depth));
}

function members(grammar: Grammar, depth: number, keys: readonly string[] = names): JsonObject {
  const own = grammar.random.some(keys, 3);
  return Object.fromEntries(own.map((name) => [name, subschema(grammar, depth)]));
}

/** A bound in the form of the dialect: draft-04 marks `minimum` as exclusive, later ones have a keyword for it. */
function bound(side: 'minimum' | 'maximum'): Make {
  const exclusive = side === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum';
  return ({ random, dialect }) => {
    const limit = random.pick(numbers);
    if (dialect === 'draft-04')
      return { [side]: limit, ...(random.chance(0.4) && { [exclusive]: random.chance(0.8) }) };
    return random.chance(0.4) ? { [exclusive]: limit } : { [side]: limit };
  };
}

const onNumbers: readonly Entry[] = [
  [3, bound('minimum')],
  [3, bound('maximum')],
  [2, ({ random }) => ({ multipleOf: random.pick([1, 2, 3, 0.5, 1.5, 0.1, 10]) })],
];

const onStrings: readonly Entry[] = [
  [2, (grammar) => ({ minLength: count(grammar) })],
  [2, (grammar) => ({ maxLength: count(grammar) })],
  [3, ({ random }) => ({ pattern: randomPattern(random) })],
  [2, ({ random, dialect }) => ({ format: random.pick(formats[dialect]) })],
];

function items(grammar: Grammar, depth: number): JsonObject {
  const { random, dialect } = grammar;
  const rest = random.chance(0.5) ? { tail: subschema(grammar, depth) } : {};
  if (random.chance(0.5)) return { items: subschema(grammar, depth) };
  const slots = schemas(grammar, depth, 3);
  const tail = 'tail' in rest ? rest.tail : undefined;
  const [tuple, after] = isSince(dialect, '2020-12') ? ['prefixItems', 'items'] : ['items', 'additionalItems'];
  return { [tuple]: slots, ...(tail !== undefined && { [after]: tail }) };
}

function contains(grammar: Grammar, depth: number): JsonObject {
  const { random } = grammar;
  return {
    contains: subschema(grammar, depth),
    ...(random.chance(0.4) && { minContains: count(grammar) }),
    ...(random.chance(0.3) && { maxContains: count(grammar) }),
  };
}

/** Different items from so short a list that counting them decides. */
function fewItems({ random }: Grammar): JsonObject {
  return {
    uniqueItems: true,
    items: { enum: distinct(Array.from({ length: 1 + random.below(4) }, () => random.pick(scalars))) },
    [random.pick(['minItems', 'maxItems'])]: random.below(5),
  };
}

const onArrays: readonly Entry[] = [
  [5, items],
  [0.5, fewItems],
  [2, (grammar) => ({ minItems: count(grammar) })],
  [2, (grammar) => ({ maxItems: count(grammar) })],
  [1, ({ random }) => ({ uniqueItems: random.chance(0.9) })],
  [2, contains],
  [1, (grammar, depth) => ({ unevaluatedItems: grammar.random.chance(0.5) ? false : subschema(grammar, depth) })],
];

function properties(grammar: Grammar, depth: number): JsonObject {
  const { random } = grammar;
  const own = members(grammar, depth);
  const withDefaults = Object.fromEntries(
    Object.entries(own).map(([name, schema]) => {
      const takes = typeof schema === 'object' && random.chance(0.15);
      return [name, takes ? { ...schema, default: randomValue(random, 1) } : schema];
    }),
  );
  const required = Object.keys(own).filter(() => random.chance(0.4));
  // Draft-04 wants at least one name.
  return { properties: withDefaults, ...(required.length > 0 && { required }) };
}

function patternProperties(grammar: Grammar, depth: number): JsonObject {
  const { random } = grammar;
  const own = Array.from({ length: 1 + random.below(2) }, () => randomPattern(random));
  return { patternProperties: members(grammar, depth, own) };
}

/** Names from so short a list that counting members decides. */
function fewNames({ random }: Grammar): JsonObject {
  return {
    propertyNames: { enum: [...random.some(names, 4)] },
    [random.pick(['minProperties', 'maxProperties'])]: random.below(5),
  };
}

function dependencies(grammar: Grammar, depth: number): JsonObject {
  const { random, dialect } = grammar;
  const trigger = random.pick(names);
  const needed = [...random.some(names, 2)];
  if (isSince(dialect, '2019-09')) {
    if (random.chance(0.5)) return { dependentRequired: { [trigger]: needed } };
    return { dependentSchemas: { [trigger]: subschema(grammar, depth) } };
  }
  return { dependencies: { [trigger]: random.chance(0.5) ? needed : subschema(grammar, depth) } };
}

const openOrClosed: Make = (grammar, depth) => {
  const { random } = grammar;
  return { additionalProperties: random.chance(0.6) ? false : subschema(grammar, depth) };
};

const onObjects: readonly Entry[] = [
  [7, properties],
  [2, ({ random }) => ({ required: [...random.some(names, 2)] })],
  [3, openOrClosed],
  [2, patternProperties],
  [0.5, fewNames],
  [1, (grammar) => ({ minProperties: count(grammar) })],
  [1, (grammar) => ({ maxProperties: count(grammar) })],
  [1, (grammar, depth) => ({ propertyNames: ofType(grammar, depth - 1, 'string', grammar.random.chance(0.5)) })],
  [2, dependencies],
  [1, (grammar, depth) => ({ unevaluatedProperties: grammar.random.chance(0.6) ? false : subschema(grammar, depth) })],
];

function conditional(grammar: Grammar, depth: number): JsonObject {
  const { random } = grammar;
  const parts: readonly (readonly [string, number])[] = [
    ['if', 1],
    ['then', 0.7],
    ['else', 0.6],
  ];
  const taken = parts.filter(([, probability]) => random.chance(probability));
  return Object.fromEntries(taken.map(([keyword]) => [keyword, subschema(grammar, depth)]));
}

/** Branches that one required property tells apart. */
function tagged(grammar: Grammar, depth: number): JsonObject {
  const { random } = grammar;
  const branch = (tag: number): JsonObject => {
    const { properties: own, required } = properties(grammar, depth);
    return {
      type: 'object',
      properties: { ...(own as JsonObject), t: { enum: [tag] } },
      required: [...new Set(['t', ...((required ?? []) as string[])])],
      ...(random.chance(0.3) && { additionalProperties: false }),
    };
  };
  return { [random.pick(['anyOf', 'oneOf'])]: [1, 2, 3].slice(0, 2 + random.below(2)).map(branch) };
}

const combined: readonly Entry[] = [
  [3, (grammar, depth) => ({ allOf: schemas(grammar, depth, 3) })],
  [3, (grammar, depth) => ({ anyOf: schemas(grammar, depth, 3) })],
  [3, (grammar, depth) => ({ oneOf: schemas(grammar, depth, 3) })],
  [2, (grammar, depth) => ({ not: subschema(grammar, depth) })],
  [2, conditional],
  [2, tagged],
];

const onAnything: readonly Entry[] = [
  [2, ({ random }) => ({ type: random.chance(0.7) ? random.pick(types) : [...random.some(types, 3)] })],
  [2, ({ random }) => ({ enum: distinct(Array.from({ length: 1 + random.below(3) }, () => randomValue(random, 2))) })],
  [1, ({ random }) => ({ const: randomValue(random, 2) })],
  [1, ({ random }) => ({ default: randomValue(random, 1) })],
  [2, spoken],
];

/** What a schema says to people. */
function spoken({ random }: Grammar): JsonObject {
  return random.pick<JsonObject>([
    { title: 'A title' },
    { description: 'What it is for.' },
    { $comment: 'Nobody reads this.' },
    { examples: [randomValue(random, 1)] },
    { deprecated: true },
    { readOnly: true },
    { writeOnly: true },
    { contentEncoding: 'base64', contentMediaType: 'application/json', contentSchema: { type: 'object' } },
  ]);
}

function distinct(values: readonly Json[]): Json[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

const ofTypes: Readonly<Record<string, readonly Entry[]>> = {
  integer: onNumbers,
  number: onNumbers,
  string: onStrings,
  array: onArrays,
  object: onObjects,
};

function ofType(grammar: Grammar, depth: number, type: string, says: boolean): JsonObject {
  const entries = ofTypes[type];
  const parts = entries === undefined ? [] : Array.from({ length: 1 + grammar.random.below(3) }, () => entries);
  return onlyKnown(grammar, [
    ...(says ? [{ type }] : []),
    ...parts.map((from) => grammar.random.weighted(from)(grammar, depth - 1)),
  ]);
}

/** The parts in one schema, without keywords that the dialect does not have. */
function onlyKnown({ dialect }: Grammar, parts: readonly JsonObject[]): JsonObject {
  const known = keywordsOf(dialect);
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)).filter(([name]) => known.has(name)));
}

function leaf(grammar: Grammar): Json {
  const { random, dialect } = grammar;
  const entries: readonly (readonly [number, () => Json])[] = [
    [2, () => (isSince(dialect, 'draft-06') ? random.chance(0.6) : {})],
    [1, () => ({})],
    [4, () => ({ type: random.pick(types) })],
    [2, () => ({ enum: distinct([random.pick(scalars), random.pick(scalars)]) })],
    [2, () => ofType(grammar, 0, random.pick(['integer', 'number', 'string']), random.chance(0.7))],
    [grammar.references.length > 0 ? 2 : 0, () => random.pick(grammar.references)],
  ];
  return random.weighted(entries)();
}

const mixtures: readonly Entry[] = [
  ...onAnything.map(([weight, make]): Entry => [weight * 3, make]),
  ...combined.map(([weight, make]): Entry => [weight * 3, make]),
  ...[...onNumbers, ...onStrings, ...onArrays, ...onObjects],
];

/** One keyword or a few that belong together, to be put into a schema that is there already. */
export function someKeywords(grammar: Grammar, depth: number): JsonObject {
  return onlyKnown(grammar, [grammar.random.weighted(mixtures)(grammar, depth)]);
}

/** An object schema with properties and something beside them. */
export function someObject(grammar: Grammar, depth: number): JsonObject {
  const beside = (): JsonObject => grammar.random.weighted(onObjects)(grammar, depth);
  return onlyKnown(grammar, [{ type: 'object' }, properties(grammar, depth), beside()]);
}

/** A schema that nests `depth` levels at most. */
export function subschema(grammar: Grammar, depth: number): Json {
  const { random, dialect, references } = grammar;
  if (depth <= 0 || random.chance(0.15)) return leaf(grammar);
  const inner = depth - 1;
  const mixed = (most: number): JsonObject =>
    onlyKnown(
      grammar,
      Array.from({ length: 1 + random.below(most) }, () => random.weighted(mixtures)(grammar, inner)),
    );
  return random.weighted<() => Json>([
    [5, () => ofType(grammar, depth, random.pick(['object', 'object', 'array', 'string', 'integer', 'number']), true)],
    [2, () => ({ ...ofType(grammar, depth, random.pick(['object', 'array']), true), ...mixed(1) })],
    [3, () => mixed(3)],
    [
      references.length > 0 ? 2 : 0,
      () => ({ ...random.pick(references), ...(random.chance(hidesSiblings(dialect) ? 0.1 : 0.4) && mixed(1)) }),
    ],
  ])();
}
