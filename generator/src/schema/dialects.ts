import { type Dialect, dialects } from './ast.ts';

/**
 * Which keywords a dialect knows, and what stands under those that hold subschemas. A keyword outside its dialect is
 * ignored, as the standard asks, and nothing under it counts as a subschema (an `$id` there is no identifier).
 */
type Holds = 'schema' | 'schemas' | 'map' | 'schema-or-schemas' | 'map-or-names' | 'data';

interface KeywordRange {
  readonly holds: Holds;
  readonly from: Dialect;
  readonly to: Dialect;
}

const range = (holds: Holds, from: Dialect = 'draft-04', to: Dialect = '2020-12'): KeywordRange => ({
  holds,
  from,
  to,
});

const ranges: ReadonlyMap<string, KeywordRange> = new Map([
  ['allOf', range('schemas')],
  ['anyOf', range('schemas')],
  ['oneOf', range('schemas')],
  ['not', range('schema')],
  ['if', range('schema', 'draft-07')],
  ['then', range('schema', 'draft-07')],
  ['else', range('schema', 'draft-07')],
  ['prefixItems', range('schemas', '2020-12')],
  ['items', range('schema-or-schemas')],
  ['additionalItems', range('schema', 'draft-04', '2019-09')],
  ['contains', range('schema', 'draft-06')],
  ['properties', range('map')],
  ['patternProperties', range('map')],
  ['additionalProperties', range('schema')],
  ['propertyNames', range('schema', 'draft-06')],
  // Split in 2019-09, but validators go on honouring it, and a schema that still writes it means it.
  ['dependencies', range('map-or-names')],
  ['dependentSchemas', range('map', '2019-09')],
  ['dependentRequired', range('data', '2019-09')],
  ['unevaluatedItems', range('schema', '2019-09')],
  ['unevaluatedProperties', range('schema', '2019-09')],
  ['contentSchema', range('schema', '2019-09')],
  ['definitions', range('map')],
  ['$defs', range('map', '2019-09')],
  ['const', range('data', 'draft-06')],
  ['minContains', range('data', '2019-09')],
  ['maxContains', range('data', '2019-09')],
  ['$anchor', range('data', '2019-09')],
  ['$recursiveRef', range('data', '2019-09', '2019-09')],
  ['$recursiveAnchor', range('data', '2019-09', '2019-09')],
  ['$dynamicRef', range('data', '2020-12')],
  ['$dynamicAnchor', range('data', '2020-12')],
  ['id', range('data', 'draft-04', 'draft-04')],
  ['$id', range('data', 'draft-06')],
]);

const rank = (dialect: Dialect): number => dialects.indexOf(dialect);

/** The keywords of each dialect that are listed above; asked of every keyword of every subschema. */
const known: ReadonlyMap<Dialect, ReadonlyMap<string, Holds>> = new Map(
  dialects.map((dialect) => {
    const inRange = [...ranges].filter(([, { from, to }]) => rank(dialect) >= rank(from) && rank(dialect) <= rank(to));
    return [dialect, new Map(inRange.map(([keyword, { holds }]) => [keyword, holds]))];
  }),
);

/** Keywords that every dialect has are not listed and count as known. */
export function isKnown(keyword: string, dialect: Dialect): boolean {
  return !ranges.has(keyword) || known.get(dialect)?.has(keyword) === true;
}

/** What stands under a keyword; undefined when the dialect does not know it or it holds no subschemas. */
export function subschemasUnder(keyword: string, dialect: Dialect): Exclude<Holds, 'data'> | undefined {
  const holds = known.get(dialect)?.get(keyword);
  return holds === 'data' ? undefined : holds;
}

export function isAtLeast(dialect: Dialect, other: Dialect): boolean {
  return rank(dialect) >= rank(other);
}

/** Up to draft-07 a `$ref` hides everything beside it. */
export function refHidesSiblings(dialect: Dialect): boolean {
  return !isAtLeast(dialect, '2019-09');
}

const schemaUri =
  /^https?:\/\/json-schema\.org\/(?:(draft-0[467])\/(?:hyper-)?schema|draft\/(2019-09|2020-12)\/(?:hyper-)?schema)#?$/;

/**
 * The dialect that `$schema` names. `foreign`: not of json-schema.org, or its undated "latest", so the surroundings
 * decide. `unsupported`: of json-schema.org, but not one that we know.
 */
export function dialectOfUri(uri: string): Dialect | 'foreign' | 'unsupported' {
  if (!/^https?:\/\/json-schema\.org\//.test(uri)) return 'foreign';
  if (/^https?:\/\/json-schema\.org\/schema#?$/.test(uri)) return 'foreign';
  const match = schemaUri.exec(uri);
  const name = match?.[1] ?? match?.[2];
  return dialects.find((dialect) => dialect === name) ?? 'unsupported';
}
