import { expect, test } from 'vitest';
import type { Json } from '../../../../generator/src/schema/ast.ts';
import { validatorsOf } from './compiled.ts';

/** What a value is told, one row for each keyword: `pointer expected (was actual)`. */
const card: Json = { properties: { kind: { const: 'card' }, last4: { type: 'string' } }, required: ['kind', 'last4'] };
const invoice: Json = {
  properties: { kind: { const: 'invoice' }, days: { type: 'integer' } },
  required: ['kind', 'days'],
};
const conditional: Json = JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}');

const table: [keyword: string, schema: Json, value: Json, told: string[]][] = [
  ['type', { type: 'integer' }, 1.5, [' must be an integer (was 1.5)']],
  ['types', { type: ['string', 'null'] }, 1, [' must be null or a string (was 1)']],
  ['const', { const: 'x' }, 1, [' must be "x" (was 1)']],
  ['enum', { enum: ['x', { a: 1 }] }, { a: 2 }, [' must be one of "x", {"a":1} (was {"a":2})']],
  ['enum of many', { enum: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, 0, [' must be one of 1, 2, 3, 4, 5, 6, 7, 8, … (was 0)']],
  ['enum under type', { type: 'string', enum: ['x', 1] }, 1, [' must be "x" (was 1)']],
  ['minimum', { minimum: 1 }, 0, [' must be ≥ 1 (was 0)']],
  ['maximum', { maximum: 1 }, 2, [' must be ≤ 1 (was 2)']],
  ['exclusiveMinimum', { exclusiveMinimum: 1 }, 1, [' must be > 1 (was 1)']],
  ['exclusiveMaximum', { exclusiveMaximum: 1 }, 1, [' must be < 1 (was 1)']],
  ['multipleOf', { multipleOf: 0.01 }, 0.005, [' must be a multiple of 0.01 (was 0.005)']],
  ['minLength', { minLength: 1 }, '', [' must have at least 1 character (was "")']],
  ['maxLength', { maxLength: 2 }, 'abc', [' must have at most 2 characters (was "abc")']],
  ['pattern', { pattern: '^a' }, 'b', [' must match ^a (was "b")']],
  ['required', { required: ['a', 'b/c'] }, {}, ['/a is missing', '/b~1c is missing']],
  [
    'properties',
    { properties: { a: { type: 'null' }, toString: { type: 'null' } } },
    { a: 1, toString: 2 },
    ['/a must be null (was 1)', '/toString must be null (was 2)'],
  ],
  [
    'inherited names are no members',
    { required: ['constructor', '__proto__'] },
    {},
    ['/constructor is missing', '/__proto__ is missing'],
  ],
  [
    'patternProperties',
    { patternProperties: { '^x': { type: 'null' } } },
    { x1: 1, y: 1 },
    ['/x1 must be null (was 1)'],
  ],
  [
    'additionalProperties',
    { properties: { a: true }, additionalProperties: false },
    { a: 1, b: 2 },
    ['/b must not be present (was 2)'],
  ],
  ['propertyNames', { propertyNames: { maxLength: 1 } }, { ab: 1 }, ['/ab must have another name (was 1)']],
  ['minProperties', { minProperties: 1 }, {}, [' must have at least 1 member (was {})']],
  ['maxProperties', { maxProperties: 0 }, { a: 1 }, [' must have at most 0 members (was {"a":1})']],
  ['dependentRequired', { dependentRequired: { a: ['b'] } }, { a: 1 }, ['/b is missing']],
  ['dependentSchemas', { dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }, ['/b is missing']],
  [
    'unevaluatedProperties',
    { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
    { a: 1, b: 1 },
    ['/b must not be present (was 1)'],
  ],
  ['items', { items: { type: 'null' } }, [null, 1], ['/1 must be null (was 1)']],
  [
    'prefixItems',
    { prefixItems: [{ type: 'null' }], items: false },
    [1, 2],
    ['/0 must be null (was 1)', '/1 must not be present (was 2)'],
  ],
  ['minItems', { minItems: 1 }, [], [' must have at least 1 item (was [])']],
  ['maxItems', { maxItems: 1 }, [1, 2], [' must have at most 1 item (was [1,2])']],
  ['uniqueItems', { uniqueItems: true }, [1, 1.0], [' must have no two equal items (was [1,1])']],
  [
    'contains',
    { contains: { const: 1 }, maxContains: 1 },
    [1, 1],
    [' must hold at least 1 and at most 1 items that match (was [1,1])'],
  ],
  ['unevaluatedItems', { prefixItems: [true], unevaluatedItems: false }, [1, 2], ['/1 must not be present (was 2)']],
  [
    'allOf',
    { allOf: [{ minimum: 1 }, { multipleOf: 2 }] },
    -1,
    [' must be ≥ 1 (was -1)', ' must be a multiple of 2 (was -1)'],
  ],
  ['anyOf', { anyOf: [{ type: 'null' }, { type: 'string' }] }, 1, [' must match one of 2 alternatives (was 1)']],
  [
    'oneOf of two',
    { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    { a: 1, b: 1 },
    [' must match only one of 2 alternatives (was {"a":1,"b":1})'],
  ],
  [
    'a union tells what the branch that was meant misses',
    { oneOf: [card, invoice] },
    { kind: 'invoice', days: 'x' },
    ['/days must be an integer (was "x")'],
  ],
  [
    'a nullable object tells what the object misses',
    { anyOf: [{ type: 'null' }, card] },
    { kind: 'card' },
    ['/last4 is missing'],
  ],
  ['not', { not: { type: 'null' } }, null, [' must not match what is excluded (was null)']],
  ['if and then', conditional, { a: 1 }, ['/b is missing']],
  ['if and else', conditional, {}, ['/c is missing']],
  [
    '$ref',
    { $defs: { a: { properties: { b: { $ref: '#/$defs/a' } }, required: ['c'] } }, $ref: '#/$defs/a' },
    { c: 1, b: {} },
    ['/b/c is missing'],
  ],
];

test.each(table)('%s', (_, schema, value, told) => {
  const answer = validatorsOf(schema).schema(value);
  const violations = answer.ok ? [] : answer.violations;
  const text = violations.map(
    (v) => `${v.pointer} ${v.expected}${'actual' in v ? ` (was ${JSON.stringify(v.actual)})` : ''}`,
  );
  expect(text).toEqual(told);
});

test('format is asserted only where the contract says so', () => {
  const schema: Json = { properties: { at: { type: 'string', format: 'date-time' } } };
  expect(validatorsOf(schema).schema({ at: 'x' }).ok).toBe(true);
  expect(validatorsOf(schema, '2020-12', true).schema({ at: 'x' })).toEqual({
    ok: false,
    violations: [{ pointer: '/at', expected: 'must be a valid date-time', actual: 'x' }],
  });
});

const order: Json = {
  type: 'object',
  required: ['id', 'lines', 'currency'],
  properties: {
    id: { type: 'string' },
    currency: { type: 'string', default: 'EUR' },
    tags: { type: 'array', items: { type: 'string' }, default: [] },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, gift: { type: 'boolean', default: false } },
      },
    },
  },
};

test('a producer gets its defaults, and undeclared members back', () => {
  const { emits } = validatorsOf(order);
  expect(emits({ id: 'a', lines: [{ sku: 's' }] })).toEqual({
    ok: true,
    value: { id: 'a', lines: [{ sku: 's', gift: false }], currency: 'EUR', tags: [] },
  });
  expect(emits({ id: 1, lines: [{ sku: 's', qty: 2 }], note: 'x', nothing: undefined })).toEqual({
    ok: false,
    violations: [
      { pointer: '/lines/0/qty', expected: 'is not declared by the contract' },
      { pointer: '/note', expected: 'is not declared by the contract' },
      { pointer: '/id', expected: 'must be a string', actual: 1 },
    ],
  });
});

test('a consumer sees what is declared, with defaults', () => {
  const { accepts } = validatorsOf(order);
  const complete = { id: 'a', currency: 'USD', tags: ['x'], lines: [{ sku: 's', gift: true }] };
  const answer = accepts(complete);
  expect(answer.ok && answer.value).toBe(complete);
  expect(accepts({ id: 'a', currency: null, lines: [], extra: { deep: true } })).toEqual({
    ok: false,
    violations: [{ pointer: '/currency', expected: 'must be a string', actual: null }],
  });
  const [first, second] = [accepts({ id: 'a', lines: [] }), accepts({ id: 'b', lines: [] })];
  const tags = (answer: typeof first): unknown =>
    answer.ok && Object.entries(answer.value ?? {}).find(([name]) => name === 'tags')?.[1];
  expect(tags(first)).toEqual([]);
  // A handler may change what it gets; the next event must not see that.
  expect(tags(first)).not.toBe(tags(second));
});

test('a report ends at its limit', () => {
  const answer = validatorsOf({ items: { type: 'null' } }).schema(Array.from({ length: 100 }, () => 1));
  expect(answer.ok ? 0 : answer.violations.length).toBe(20);
});
