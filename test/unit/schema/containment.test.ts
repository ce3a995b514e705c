import { describe, expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/index.ts';
import { conditional, verdictOn } from './asked.ts';

const yes = { verdict: 'compatible' };
const no = (witness: Json) => ({ verdict: 'incompatible', witness });

const dog = { type: 'object', properties: { kind: { const: 'dog' }, age: { type: 'integer' } }, required: ['kind'] };
const cat = { type: 'object', properties: { kind: { const: 'cat' }, age: { type: 'number' } }, required: ['kind'] };
const list = { properties: { next: { $ref: '#' }, value: { type: 'integer' } } };

describe('every keyword, both ways', () => {
  test.each<[string, unknown, unknown, unknown, unknown]>([
    ['boolean schemas', false, true, yes, no(null)],
    ['types', { type: 'string' }, { type: ['string', 'null'] }, yes, no(null)],
    ['integer and number', { type: 'integer' }, { type: 'number' }, yes, no(0.1)],
    ['enum', { enum: ['a', 'b'] }, { enum: ['b', 'a', 'c'] }, yes, no('c')],
    ['enum beside type', { enum: ['a', 1], type: 'string' }, { const: 'a' }, yes, yes],
    ['const as JSON', { const: { a: 1, b: [2] } }, { const: { b: [2.0], a: 1 } }, yes, yes],
    ['minimum', { type: 'integer', minimum: 2 }, { type: 'integer', exclusiveMinimum: 1 }, yes, yes],
    ['maximum', { type: 'integer', maximum: 5 }, { type: 'integer', maximum: 7 }, yes, no(6)],
    ['whole numbers between', { type: 'integer', minimum: 1.1, maximum: 3.2 }, { enum: [2, 3] }, yes, yes],
    ['multipleOf', { type: 'integer', multipleOf: 6 }, { type: 'integer', multipleOf: 3 }, yes, no(3)],
    [
      'multipleOf is decimal',
      { type: 'number', multipleOf: 0.03 },
      { type: 'number', multipleOf: 0.01 },
      yes,
      no(0.01),
    ],
    ['lengths', { type: 'string', minLength: 2 }, { type: 'string', minLength: 1 }, yes, no('a')],
    ['pattern', { type: 'string', pattern: '^a+$' }, { type: 'string', pattern: '^a*$' }, yes, no('')],
    ['pattern against length', { type: 'string', pattern: '^.{2}$' }, { type: 'string', minLength: 2 }, yes, no('a\n')],
    ['look-ahead at the start', { type: 'string', pattern: '^(?!b)[ab]$' }, { const: 'a' }, yes, yes],
    ['items', { type: 'array', items: { const: 1 } }, { type: 'array', items: { type: 'integer' } }, yes, no([0])],
    [
      'prefixItems',
      { type: 'array', prefixItems: [{ const: 1 }] },
      { type: 'array', prefixItems: [true] },
      yes,
      no([null]),
    ],
    ['minItems', { type: 'array', minItems: 2 }, { type: 'array', minItems: 1 }, yes, no([null])],
    [
      'contains',
      { type: 'array', items: { const: 1 }, minItems: 1 },
      { type: 'array', contains: { const: 1 } },
      yes,
      no([null, 1]),
    ],
    [
      'minContains',
      { type: 'array', contains: { const: 1 }, minContains: 2 },
      { type: 'array', minItems: 2 },
      yes,
      no([null, null]),
    ],
    [
      'uniqueItems',
      { type: 'array', uniqueItems: true, items: { type: 'boolean' } },
      { type: 'array', maxItems: 2 },
      yes,
      no([null]),
    ],
    [
      'properties',
      { type: 'object', properties: { a: { const: 1 } } },
      { type: 'object', properties: { a: { type: 'integer' } } },
      yes,
      no({ a: 0 }),
    ],
    ['required', { type: 'object', required: ['a', 'b'] }, { type: 'object', required: ['b'] }, yes, no({ b: null })],
    [
      'additionalProperties',
      { type: 'object', properties: { a: true }, additionalProperties: false },
      { type: 'object' },
      yes,
      no({ b: null }),
    ],
    [
      'patternProperties',
      { type: 'object', patternProperties: { '^x': { const: 1 } } },
      { type: 'object', properties: { x1: { const: 1 } } },
      yes,
      no({ x: null }),
    ],
    [
      'propertyNames',
      { type: 'object', propertyNames: { enum: ['a'] } },
      { type: 'object', maxProperties: 1 },
      yes,
      no({ b: null }),
    ],
    [
      'minProperties',
      { type: 'object', required: ['a', 'b'] },
      { type: 'object', minProperties: 2 },
      yes,
      no({ b: null, c: null }),
    ],
    [
      'dependentRequired',
      { type: 'object', required: ['b'] },
      { type: 'object', dependentRequired: { a: ['b'] } },
      yes,
      no({}),
    ],
    [
      'dependentSchemas',
      { type: 'object', required: ['b'] },
      { type: 'object', dependentSchemas: { a: { required: ['b'] } } },
      yes,
      no({}),
    ],
    ['allOf', { allOf: [{ type: 'string' }, { maxLength: 1 }] }, { type: 'string', maxLength: 1 }, yes, yes],
    ['anyOf', { anyOf: [dog, cat] }, { anyOf: [cat, dog, { type: 'null' }] }, yes, no(null)],
    ['oneOf', { oneOf: [dog, cat] }, { anyOf: [dog, cat] }, yes, yes],
    [
      'oneOf that overlaps',
      { type: 'string', minLength: 6 },
      { oneOf: [{ type: 'string' }, { maxLength: 5 }] },
      yes,
      no(null),
    ],
    ['not', { not: { type: ['null', 'string'] } }, { not: { type: 'null' } }, yes, no('')],
    ['if', { type: 'integer', minimum: 3 }, conditional({ minimum: 2 }, { type: 'integer' }, false), yes, no(2)],
    [
      'unevaluatedProperties',
      { anyOf: [{ properties: { a: true }, required: ['a'] }, true], unevaluatedProperties: false, type: 'object' },
      { type: 'object', maxProperties: 1 },
      yes,
      no({ b: null }),
    ],
    [
      'unevaluatedItems',
      { type: 'array', prefixItems: [true], unevaluatedItems: false },
      { type: 'array', maxItems: 1 },
      yes,
      yes,
    ],
    ['recursion', list, { properties: { next: { $ref: '#' }, value: { type: 'number' } } }, yes, no({ value: 0.1 })],
  ])('%s', (_, narrow, wide, forward, backward) => {
    expect(verdictOn(narrow, wide)).toEqual(forward);
    expect(verdictOn(wide, narrow)).toEqual(backward);
  });
});

test('a name that a pattern covers is not additional, also while other patterns are open', () => {
  const others = { additionalProperties: { type: 'string' }, type: 'object' };
  expect(verdictOn({ ...others, patternProperties: { '^x': true } }, others)).toEqual(no({ x: null }));
  expect(verdictOn({ ...others, patternProperties: { '.*': true } }, others)).toEqual(no({ a: null }));
  expect(verdictOn({ ...others, patternProperties: { '^x': { const: 'x' } } }, others)).toEqual(yes);
  const two = { ...others, patternProperties: { '^x': { type: 'integer' }, y$: { minimum: 3 } } };
  expect(verdictOn(two, { ...two, patternProperties: { '^x': { minimum: 3 } } })).toEqual(no({ x: 0 }));
});

describe('what nothing satisfies is contained in everything', () => {
  test.each<[string, unknown]>([
    ['an interval', { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 }],
    ['a required member that is forbidden', { type: 'object', required: ['a'], properties: { a: false } }],
    ['a list of distinct booleans', { type: 'array', items: { type: 'boolean' }, uniqueItems: true, minItems: 3 }],
    ['too few names', { type: 'object', propertyNames: { enum: ['a', 'b'] }, minProperties: 3 }],
    ['a language', { type: 'string', allOf: [{ pattern: '^a' }, { pattern: '^[^a]' }] }],
    ['an endless value', { type: 'object', required: ['next'], properties: { next: { $ref: '#' } } }],
    ['two tags', { allOf: [dog, cat] }],
  ])('%s', (_, raw) => {
    expect(verdictOn(raw, false)).toEqual(yes);
  });
});

test('a break that a memo of optimistic answers would hide', () => {
  const tree = (leaf: unknown) => ({
    $ref: '#/$defs/node',
    $defs: { node: { anyOf: [leaf, { type: 'array', items: { $ref: '#/$defs/node' }, minItems: 2 }] } },
  });
  expect(verdictOn(tree({ const: 1 }), tree({ type: 'integer' }))).toEqual(yes);
  expect(verdictOn(tree({ type: 'integer' }), tree({ const: 1 }))).toEqual(no(0));
});

test('unions of many tagged branches do not multiply out', () => {
  const branch = (index: number, type: string) => ({
    type: 'object',
    properties: { kind: { const: `k${index}` }, value: { type } },
    required: ['kind'],
  });
  const union = (type: string, count: number) => ({ oneOf: Array.from({ length: count }, (_, i) => branch(i, type)) });
  expect(verdictOn(union('integer', 25), union('number', 26))).toEqual(yes);
  expect(verdictOn(union('number', 25), union('integer', 26))).toEqual(no({ value: 0.1, kind: 'k0' }));
});

describe('format', () => {
  test('is an annotation by default and an assertion when asked', () => {
    const [any, email] = [{ type: 'string' }, { type: 'string', format: 'email' }];
    expect(verdictOn(any, email)).toEqual(yes);
    expect(verdictOn(any, email, '2020-12', true)).toEqual(no(''));
    expect(verdictOn(email, { ...email, maxLength: 500, minLength: 0 }, '2020-12', true).verdict).not.toBe(
      'compatible',
    );
    expect(verdictOn(email, { format: 'email' }, '2020-12', true)).toEqual(yes);
  });
});

describe('expressions that are not regular', () => {
  test.each([
    ['a(?=b)', 'ab'],
    ['(?<=a)b', 'ab'],
    ['^x(?=y)|(?<=z)w', '^xy|zw'],
    ['(?<!x)y$', 'y'],
    ['^(\\w+) \\1$', ' '],
    ['^(?:(a)|b)\\1$', '^[ab]'],
  ])('%s is within %s', (old, next) => {
    expect(verdictOn({ type: 'string', pattern: old }, { pattern: next })).toEqual({ verdict: 'compatible' });
  });

  test.each([
    ['^(a|b)\\1$', '^aa$', 'bb'],
    ['ab', '(?<!x)ab$', 'aba'],
    ['a(?!b)', 'ac', 'a'],
    ['^([ab])-\\1$', '^a', 'b-b'],
  ])('%s is not within %s', (old, next, witness) => {
    const verdict = verdictOn({ type: 'string', pattern: old }, { pattern: next });
    expect(verdict).toEqual({ verdict: 'incompatible', witness });
  });
});

describe('what is not decided is unknown, with the reason', () => {
  test.each<[string, unknown, unknown, string]>([
    [
      'look-behind',
      { pattern: '(?<!x)y$' },
      { pattern: '(?<!x)y' },
      "the pattern '(?<!x)y$' is not a regular language",
    ],
    [
      'a back-reference',
      { pattern: '^(a+)b\\1$' },
      { pattern: '^a+ba+$' },
      "the pattern '^(a+)b\\1$' is not a regular language",
    ],
    [
      'an enormous string',
      { type: 'string', minLength: 1e9 },
      { maxLength: 5 },
      'no string of 1000000000 or more characters is tried',
    ],
    ['an enormous array', { type: 'array', minItems: 1e9 }, { maxItems: 5 }, 'no array of so many items is tried'],
  ])('%s', (_, old, next, reason) => {
    expect(verdictOn(old, next)).toEqual({ verdict: 'unknown', reason });
  });

  test('but a sample may refute it', () => {
    expect(verdictOn({ pattern: '^a+ba+$' }, { pattern: '^(a+)b\\1$' }).verdict).toBe('incompatible');
  });
});
