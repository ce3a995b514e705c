/**
 * Changes of one field, each between a schema that accepts less and one that accepts more, or between two that say the
 * same in other words. Which is right is known because it was written down with the change, and a test holds every
 * value against Ajv.
 */
export interface Change {
  readonly what: string;
  readonly narrow: object;
  readonly wide: object;
  /** Accepted by both. */
  readonly both: unknown;
  /** Accepted by `wide` alone; absent: the two say the same. */
  readonly onlyWide?: unknown;
}

const money = { type: 'object', required: ['minor', 'currency'], additionalProperties: false } as const;
const card = { properties: { kind: { const: 'card' }, last: { type: 'string' } }, required: ['kind', 'last'] };
const bank = { properties: { kind: { const: 'bank' }, iban: { type: 'string' } }, required: ['kind', 'iban'] };
// biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
const aAsksForB = { type: 'object', if: { required: ['a'] }, then: { required: ['b'] } };

/** For JSON Schema draft-07 and 2020-12 alike. */
export const changes: readonly Change[] = [
  {
    what: 'maximum',
    narrow: { type: 'integer', maximum: 10 },
    wide: { type: 'integer', maximum: 20 },
    both: 1,
    onlyWide: 15,
  },
  {
    what: 'exclusive bound',
    narrow: { type: 'number', exclusiveMinimum: 0 },
    wide: { type: 'number', minimum: 0 },
    both: 1,
    onlyWide: 0,
  },
  {
    what: 'multiple',
    narrow: { type: 'integer', multipleOf: 10 },
    wide: { type: 'integer', multipleOf: 5 },
    both: 20,
    onlyWide: 5,
  },
  {
    what: 'decimal multiple',
    narrow: { type: 'number', multipleOf: 0.5 },
    wide: { type: 'number', multipleOf: 0.25 },
    both: 1.5,
    onlyWide: 0.25,
  },
  { what: 'integer to number', narrow: { type: 'integer' }, wide: { type: 'number' }, both: 2, onlyWide: 0.5 },
  {
    what: 'the only integers between two bounds',
    narrow: { type: 'integer', minimum: 1.1, maximum: 3.2 },
    wide: { enum: [2, 3] },
    both: 2,
  },
  {
    what: 'bounds over several subschemas',
    narrow: { type: 'integer', minimum: 1, maximum: 9 },
    wide: { allOf: [{ type: 'integer' }, { minimum: 1 }, { maximum: 9 }] },
    both: 5,
  },
  {
    what: 'length',
    narrow: { type: 'string', minLength: 3, maxLength: 10 },
    wide: { type: 'string', minLength: 1, maxLength: 20 },
    both: 'abc',
    onlyWide: 'a',
  },
  {
    what: 'pattern with one more form',
    narrow: { type: 'string', pattern: '^[A-Z]{3}$' },
    wide: { type: 'string', pattern: '^[A-Z]{2,3}$' },
    both: 'EUR',
    onlyWide: 'EU',
  },
  {
    what: 'pattern to length',
    narrow: { type: 'string', pattern: '^[a-z]{2,8}$' },
    wide: { type: 'string', minLength: 2, maxLength: 8 },
    both: 'abc',
    onlyWide: 'ABC',
  },
  {
    what: 'pattern in other words',
    narrow: { type: 'string', pattern: '^(a|b)+$' },
    wide: { type: 'string', pattern: '^[ab]+$' },
    both: 'ab',
  },
  {
    what: 'enum member',
    narrow: { enum: ['open', 'paid'] },
    wide: { enum: ['open', 'paid', 'void'] },
    both: 'paid',
    onlyWide: 'void',
  },
  { what: 'enum to type', narrow: { enum: ['open', 'paid'] }, wide: { type: 'string' }, both: 'open', onlyWide: 'x' },
  { what: 'order of an enum', narrow: { enum: ['a', 'b', 'c'] }, wide: { enum: ['c', 'a', 'b'] }, both: 'b' },
  {
    what: 'enum to constants',
    narrow: { enum: ['a', 'b'] },
    wide: { anyOf: [{ const: 'b' }, { const: 'a' }] },
    both: 'a',
  },
  {
    what: 'enum member that its type excludes',
    narrow: { enum: ['a'] },
    wide: { type: 'string', enum: ['a', 1] },
    both: 'a',
  },
  {
    what: 'null beside',
    narrow: { type: 'string' },
    wide: { type: ['string', 'null'] },
    both: 'x',
    onlyWide: null,
  },
  {
    what: 'null beside, as an alternative',
    narrow: { type: ['string', 'null'] },
    wide: { oneOf: [{ type: 'null' }, { type: 'string' }] },
    both: null,
  },
  {
    what: 'negation',
    narrow: { type: ['string', 'null'], not: { const: null } },
    wide: { type: 'string' },
    both: 'x',
  },
  {
    what: 'member required',
    narrow: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] },
    wide: { type: 'object', properties: { sku: { type: 'string' } } },
    both: { sku: 'x' },
    onlyWide: {},
  },
  {
    what: 'member that none had',
    narrow: { ...money, properties: { minor: { type: 'integer' }, currency: { type: 'string' } } },
    wide: { ...money, properties: { minor: { type: 'integer' }, currency: { type: 'string' }, note: true } },
    both: { minor: 1, currency: 'EUR' },
    onlyWide: { minor: 1, currency: 'EUR', note: 'x' },
  },
  {
    what: 'members that are not declared',
    narrow: { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: { type: 'integer' } },
    wide: { type: 'object', properties: { a: { type: 'integer' } } },
    both: { a: 1, b: 2 },
    onlyWide: { b: 'x' },
  },
  {
    what: 'declared beside what is closed',
    narrow: {
      allOf: [{ properties: { a: { type: 'integer' } }, additionalProperties: false }, { properties: { b: true } }],
      type: 'object',
    },
    wide: { type: 'object', properties: { a: { type: 'integer' }, b: true }, additionalProperties: false },
    both: { a: 1 },
    onlyWide: { b: 1 },
  },
  {
    what: 'members by pattern',
    narrow: { type: 'object', patternProperties: { '^x-': { type: 'string' } } },
    wide: { type: 'object' },
    both: { 'x-a': 'b' },
    onlyWide: { 'x-a': 1 },
  },
  {
    what: 'names of members',
    narrow: { type: 'object', propertyNames: { pattern: '^[a-z]+$' } },
    wide: { type: 'object', propertyNames: { pattern: '^[a-zA-Z]+$' } },
    both: { abc: 1 },
    onlyWide: { Abc: 1 },
  },
  {
    what: 'number of members',
    narrow: { type: 'object', minProperties: 2 },
    wide: { type: 'object', required: [] },
    both: { a: 1, b: 2 },
    onlyWide: { a: 1 },
  },
  {
    what: 'a member that asks for another',
    narrow: aAsksForB,
    wide: { type: 'object' },
    both: { a: 1, b: 1 },
    onlyWide: { a: 1 },
  },
  {
    what: 'condition as alternatives',
    narrow: aAsksForB,
    wide: { type: 'object', anyOf: [{ not: { required: ['a'] } }, { required: ['b'] }] },
    both: { a: 1, b: 1 },
  },
  {
    what: 'number of items',
    narrow: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 5 },
    wide: { type: 'array', items: { type: 'string' } },
    both: ['x'],
    onlyWide: [],
  },
  {
    what: 'type of items',
    narrow: { type: 'array', items: { type: 'integer' } },
    wide: { type: 'array', items: { type: 'number' } },
    both: [1],
    onlyWide: [0.5],
  },
  {
    what: 'items once',
    narrow: { type: 'array', uniqueItems: true },
    wide: { type: 'array' },
    both: [1, 2],
    onlyWide: [1, 1],
  },
  {
    what: 'an item of a kind',
    narrow: { type: 'array', contains: { const: 1 } },
    wide: { type: 'array', contains: { enum: [1, 2] } },
    both: [1],
    onlyWide: [2],
  },
  {
    what: 'alternative',
    narrow: { anyOf: [{ type: 'string' }] },
    wide: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    both: 'x',
    onlyWide: 1,
  },
  {
    what: 'alternative with a tag',
    narrow: { type: 'object', oneOf: [card] },
    wide: { type: 'object', oneOf: [card, bank] },
    both: { kind: 'card', last: '1' },
    onlyWide: { kind: 'bank', iban: 'x' },
  },
  {
    what: 'order of alternatives',
    narrow: { oneOf: [card, bank] },
    wide: { oneOf: [bank, card] },
    both: { kind: 'card', last: '1' },
  },
  {
    what: 'alternative that overlaps another',
    narrow: { oneOf: [{ type: 'string' }, { type: 'string', maxLength: 5 }] },
    wide: { oneOf: [{ type: 'string' }] },
    both: 'abcdef',
    onlyWide: 'abc',
  },
  {
    what: 'alternative that nothing can be',
    narrow: { type: 'string' },
    wide: { anyOf: [{ type: 'string' }, { allOf: [{ type: 'string' }, { type: 'number' }] }] },
    both: 'x',
  },
  {
    what: 'words',
    narrow: { type: 'string' },
    wide: { type: 'string', title: 'Text', description: 'Any text.', examples: ['x'], default: 'x' },
    both: 'x',
  },
];
