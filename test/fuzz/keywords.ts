import { type Dialect, dialects } from '../../generator/src/schema/index.ts';

/**
 * Every keyword of the five dialects, by the text of the standard and not by the engine's own table: an engine that
 * forgot one must not make the campaign forget it too.
 */
export type Holds = 'schema' | 'schemas' | 'map' | 'schema-or-schemas' | 'map-or-names' | 'value';

/** When a keyword can turn a verdict: `events`, in that relation only; `assert`, where `format` is an assertion. */
export type Turns = 'always' | 'events' | 'assert' | 'never';

export interface Keyword {
  readonly name: string;
  readonly holds: Holds;
  readonly dialects: readonly Dialect[];
  readonly turns: Turns;
}

type Range = readonly [from: Dialect, to?: Dialect];

const everywhere: Range = ['draft-04'];
const from06: Range = ['draft-06'];
const from07: Range = ['draft-07'];
const from2019: Range = ['2019-09'];
const from2020: Range = ['2020-12'];

function named(holds: Holds, turns: Turns, range: Range, ...names: readonly string[]): Keyword[] {
  const [from, to = '2020-12'] = range;
  const within = dialects.slice(dialects.indexOf(from), dialects.indexOf(to) + 1);
  return names.map((name) => ({ name, holds, dialects: within, turns }));
}

const before2019: Range = ['draft-04', 'draft-07'];
const before2020: Range = ['draft-04', '2019-09'];

export const keywords: readonly Keyword[] = [
  ...named('value', 'always', everywhere, 'type', 'enum', 'multipleOf', 'minimum', 'maximum'),
  ...named('value', 'always', everywhere, 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'pattern'),
  ...named('value', 'always', everywhere, 'minItems', 'maxItems', 'uniqueItems'),
  ...named('value', 'always', everywhere, 'required', 'minProperties', 'maxProperties'),
  ...named('value', 'always', from06, 'const'),
  ...named('value', 'assert', everywhere, 'format'),
  ...named('value', 'events', everywhere, 'default'),
  ...named('schemas', 'always', everywhere, 'allOf', 'anyOf', 'oneOf'),
  ...named('schema', 'always', everywhere, 'not'),
  ...named('schema', 'always', from07, 'if', 'then', 'else'),
  ...named('schema-or-schemas', 'always', before2020, 'items'),
  ...named('schema', 'always', before2020, 'additionalItems'),
  ...named('schema', 'always', from2020, 'items'),
  ...named('schemas', 'always', from2020, 'prefixItems'),
  ...named('schema', 'always', from06, 'contains', 'propertyNames'),
  ...named('value', 'always', from2019, 'minContains', 'maxContains'),
  ...named('map', 'always', everywhere, 'properties', 'patternProperties'),
  ...named('schema', 'always', everywhere, 'additionalProperties'),
  ...named('map-or-names', 'always', before2019, 'dependencies'),
  ...named('value', 'always', from2019, 'dependentRequired'),
  ...named('map', 'always', from2019, 'dependentSchemas'),
  ...named('schema', 'always', from2019, 'unevaluatedItems', 'unevaluatedProperties'),
  ...named('value', 'always', everywhere, '$ref'),
  ...named('map', 'always', everywhere, 'definitions'),
  ...named('map', 'always', from2019, '$defs'),
  ...named('value', 'always', ['draft-04', 'draft-04'], 'id'),
  ...named('value', 'always', from06, '$id'),
  ...named('value', 'always', from2019, '$anchor'),
  ...named('value', 'always', ['2019-09', '2019-09'], '$recursiveRef', '$recursiveAnchor'),
  ...named('value', 'always', from2020, '$dynamicRef', '$dynamicAnchor'),
  ...named('value', 'never', everywhere, '$schema', 'title', 'description'),
  ...named('value', 'never', from06, 'examples'),
  ...named('value', 'never', from07, '$comment', 'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType'),
  ...named('value', 'never', from2019, 'deprecated'),
  ...named('schema', 'never', from2019, 'contentSchema'),
];

const byDialect: ReadonlyMap<Dialect, ReadonlyMap<string, Keyword>> = new Map(
  dialects.map((dialect) => [
    dialect,
    new Map(keywords.filter((keyword) => keyword.dialects.includes(dialect)).map((keyword) => [keyword.name, keyword])),
  ]),
);

export function keywordsOf(dialect: Dialect): ReadonlyMap<string, Keyword> {
  return byDialect.get(dialect) ?? new Map();
}

/** Up to draft-07 a `$ref` hides everything beside it. */
export function hidesSiblings(dialect: Dialect): boolean {
  return dialects.indexOf(dialect) <= dialects.indexOf('draft-07');
}

export const schemaUris: Readonly<Record<Dialect, string>> = {
  'draft-04': 'http://json-schema.org/draft-04/schema#',
  'draft-06': 'http://json-schema.org/draft-06/schema#',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

/** Where a dialect keeps subschemas that are only referred to. */
export function definitionsKeyword(dialect: Dialect): 'definitions' | '$defs' {
  return hidesSiblings(dialect) ? 'definitions' : '$defs';
}
