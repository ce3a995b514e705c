import { expect, test } from 'vitest';
import { smallestInstance } from '../../../../generator/src/emitters/sdk/smallest-instance.ts';
import { parseSchema } from '../../../../generator/src/schema/index.ts';

function instanceOf(raw: unknown): unknown {
  const [schema] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error('not a schema');
  return smallestInstance(schema);
}

test.each<[string, unknown, unknown]>([
  [
    'required members only',
    { type: 'object', required: ['a'], properties: { a: { type: 'string' }, b: {} } },
    { a: 'a' },
  ],
  ['defaults are filled in', { type: 'object', properties: { a: { default: 7 }, b: {} } }, { a: 7 }],
  ['an example where there is one', { type: 'string', minLength: 3, examples: ['x', 'Ada'] }, 'Ada'],
  ['bounds', { type: 'integer', minimum: 18, multipleOf: 5 }, 20],
  ['lengths', { type: 'string', minLength: 8, maxLength: 9 }, 'valuexxx'],
  ['a pattern', { type: 'string', pattern: '^[A-Z]{3}$' }, 'AAA'],
  ['a format', { type: 'string', format: 'date-time' }, '2025-01-01T00:00:00Z'],
  ['items', { type: 'array', minItems: 2, items: { const: 1 } }, [1, 1]],
  [
    'the first branch that can be',
    { oneOf: [false, { type: 'object', required: ['k'], properties: { k: { const: 'x' } } }] },
    { k: 'x' },
  ],
  [
    'recursion that may end',
    { type: 'object', required: ['next'], properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } } },
    { next: null },
  ],
  ['nothing is valid', false, undefined],
  ['recursion that cannot end', { type: 'object', required: ['a'], properties: { a: { $ref: '#' } } }, undefined],
])('%s', (_, schema, expected) => {
  expect(instanceOf(schema)).toEqual(expected);
});
