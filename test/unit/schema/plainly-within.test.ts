import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findValue, type Json } from '../../../generator/src/schema/index.ts';
import { isPlainlyWithin } from '../../../generator/src/schema/plainly-within.ts';
import { parsed } from './asked.ts';
import { schema } from './random-pairs.ts';

const options = { assertFormats: false };

function read(a: unknown, b: unknown): boolean {
  return isPlainlyWithin(parsed(a).root, parsed(b).root, options);
}

const closed = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false };

test.each<[string, Json, Json]>([
  ['a tighter number', { exclusiveMinimum: 2, maximum: 5 }, { minimum: 2, maximum: 6 }],
  ['an integer where a number is taken', { type: 'integer' }, { type: ['number', 'null'] }],
  ['a shorter text', { type: 'string', maxLength: 3, pattern: '^a' }, { maxLength: 4, pattern: '^a' }],
  ['limits of another type', { type: 'boolean' }, { maxLength: 0, minimum: 5, required: ['a'], minItems: 2 }],
  ['listed values that are taken', { enum: ['ab', 3] }, { maxLength: 2, minimum: 3 }],
  ['a member that is new and optional', closed, { properties: { a: { type: 'string' }, b: { type: 'null' } } }],
  [
    'a member that falls to the others',
    { properties: { a: { const: 1 } }, additionalProperties: { const: 2 } },
    { additionalProperties: { enum: [1, 2] } },
  ],
  [
    'members by pattern',
    { patternProperties: { '^x': { const: 1 } } },
    { patternProperties: { '^x': { type: 'number' } } },
  ],
  ['members that no pattern takes', closed, { patternProperties: { '^x': false } }],
  ['more that is required', { required: ['a', 'b'] }, { required: ['b'] }],
  [
    'items of a longer tuple',
    { prefixItems: [{ const: 1 }, { const: 2 }], items: false },
    { items: { type: 'integer' } },
  ],
  ['a conjunct', { allOf: [{ type: 'string' }, { minLength: 1 }] }, { type: 'string', minLength: 1 }],
  ['a reference', { $ref: '#/$defs/a', $defs: { a: { type: 'null' } } }, { type: 'null' }],
  ['an alternative', { type: 'null' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  [
    'alternatives one by one',
    { oneOf: [{ const: 1 }, { const: 'a' }] },
    { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  ],
  ['the same, however intricate', { not: { required: ['a'] }, title: 'A' }, { title: 'B', not: { required: ['a'] } }],
  [
    'what one of three conjuncts says',
    { allOf: [{ minLength: 3 }, { type: 'string', pattern: 'a' }, { maxLength: 9 }] },
    { type: 'string', minLength: 1, maxLength: 9, pattern: 'a' },
  ],
  [
    'what one of two conjuncts requires',
    { allOf: [{ required: ['a'] }, { required: ['b'] }] },
    { required: ['b', 'a'] },
  ],
  [
    'names that one of two conjuncts limits',
    { allOf: [{ propertyNames: { maxLength: 2 } }, {}] },
    { propertyNames: { maxLength: 3 } },
  ],
  [
    'a number that one of two conjuncts limits',
    { allOf: [{ minimum: 3 }, { maximum: 5 }] },
    { minimum: 3, maximum: 5 },
  ],
])('%s is read off', (_, a, b) => {
  expect(read(a, b)).toBe(true);
});

test.each<[string, Json, Json]>([
  ['a looser number', { minimum: 2 }, { exclusiveMinimum: 2 }],
  ['a number where an integer is taken', { type: 'number' }, { type: 'integer' }],
  ['a listed value that is not taken', { enum: ['ab', 'abc'] }, { maxLength: 2 }],
  ['a member of an open object', { properties: { a: true } }, { properties: { b: { type: 'null' } } }],
  [
    'a named member behind a pattern',
    { properties: { xa: { const: 2 } }, patternProperties: {} },
    { patternProperties: { '^x': { const: 1 } } },
  ],
  ['a member that the other one forbids', { properties: { b: { const: 1 } } }, closed],
  [
    'a member of a pattern that the other one lacks',
    { patternProperties: { '^x': true }, additionalProperties: false },
    { additionalProperties: false },
  ],
  ['an item behind the tuple', { prefixItems: [{ const: 1 }], items: { const: 'a' } }, { items: { const: 1 } }],
  ['nothing that is required', {}, { required: ['a'] }],
  [
    'one of two alternatives',
    { anyOf: [{ const: 1 }, { const: 'a' }] },
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
  ],
  ['a text of another pattern', { type: 'string', pattern: '^a' }, { pattern: '^b' }],
  ['a text of no pattern', { type: 'string' }, { pattern: '^b' }],
  ['one part more of what is intricate', { oneOf: [{ const: 1 }] }, { oneOf: [{ const: 1 }, { type: 'integer' }] }],
  ['other parts of what is intricate', { oneOf: [{ const: 1 }, true] }, { oneOf: [{ const: 1 }, false] }],
  ['another negation', { not: { required: ['a'] } }, { not: { required: ['a', 'b'] } }],
  [
    'a member by another pattern',
    { patternProperties: { '^x': { const: 1 } } },
    { additionalProperties: { const: 2 } },
  ],
  ['a number of another step', { type: 'integer', multipleOf: 4 }, { multipleOf: 3 }],
  [
    'other members of what is intricate',
    { not: { properties: { a: true, b: true } } },
    { not: { properties: { a: true, b: false } } },
  ],
])('%s is left to the search', (_, a, b) => {
  expect(read(a, b)).toBe(false);
});

test('a format counts where it is asserted', () => {
  const [text, email] = [parsed({ type: 'string' }).root, parsed({ format: 'email' }).root];
  expect(isPlainlyWithin(text, email, { assertFormats: false })).toBe(true);
  expect(isPlainlyWithin(text, email, { assertFormats: true })).toBe(false);
  expect(isPlainlyWithin(email, email, { assertFormats: true })).toBe(true);
});

test('an expression that takes long is left to the search', () => {
  const slow = { patternProperties: { '^(a+)+(?=b)$': { type: 'null' } } };
  expect(read({ properties: { [`${'a'.repeat(40)}`]: true } }, slow)).toBe(false);
});

/** Pairs of which the first is often within the second. */
const related = fc.tuple(schema, schema, schema).chain(([a, b, c]) =>
  fc.constantFrom<readonly [unknown, unknown]>(
    [a, b],
    [{ allOf: [a, b] }, a],
    [a, { anyOf: [b, a] }],
    [
      { properties: { a, b }, additionalProperties: false },
      { properties: { a }, additionalProperties: { anyOf: [b, c] } },
    ],
    [{ properties: { a }, required: ['a'] }, { properties: { a: { anyOf: [a, b] } } }],
    [{ patternProperties: { '^a': a }, additionalProperties: b }, { patternProperties: { '^a': { anyOf: [a, c] } } }],
    [{ prefixItems: [a], items: b }, { items: { anyOf: [a, b] } }],
  ),
);

test('what is read off, the search does not refute', () => {
  let read = 0;
  fc.assert(
    fc.property(related, ([a, b]) => {
      const [old, next] = [parsed(a).root, parsed(b).root];
      if (!isPlainlyWithin(old, next, options)) return;
      read += 1;
      expect(findValue({ holds: [old], fails: [next] }, options).kind).not.toBe('value');
    }),
    { numRuns: 1_000 },
  );
  expect(read).toBeGreaterThan(200);
});
