import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, plainValue, secondOpinion } from '../../../generator/src/schema/index.ts';
import { parsed } from './asked.ts';
import { schema } from './random-pairs.ts';

const options = { assertFormats: false };

test.each<[string, Json, Json | undefined]>([
  [
    'what is required and no more',
    { type: 'object', required: ['a'], properties: { a: { type: 'boolean' }, b: {} } },
    { a: true },
  ],
  ['a number at its limit', { type: 'integer', exclusiveMinimum: 2 }, 3],
  ['a text as long as it must be', { type: 'string', minLength: 2 }, 'aa'],
  ['a text of its pattern', { type: 'string', pattern: '^[A-Z]{3}$' }, 'AAA'],
  ['the first of an enumeration', { enum: ['open', 'paid'] }, 'open'],
  ['as many items as there must be', { type: 'array', minItems: 2, items: { const: 1 } }, [1, 1]],
  ['what every part asks', { allOf: [{ type: 'object', required: ['a'] }, { required: ['b'] }] }, { a: null, b: null }],
  ['the first alternative', { oneOf: [{ type: 'object', required: ['a'] }, { type: 'null' }] }, { a: null }],
  ['what a reference asks', { $ref: '#/$defs/a', $defs: { a: { const: 7 } } }, 7],
  ['nothing where there is none', { type: 'object', required: ['a'], properties: { a: false } }, undefined],
  [
    'nothing where it would hold itself',
    { type: 'object', required: ['a'], properties: { a: { $ref: '#' } } },
    undefined,
  ],
])('%s', (_, raw, expected) => {
  expect(plainValue(parsed(raw).root, options)).toEqual(expected);
});

// Where Ajv departs from the standard it is no judge.
const disputed = /"contains"|"unevaluated/;

test('it is valid, whatever the schema', () => {
  fc.assert(
    fc.property(schema, (raw) => {
      fc.pre(!disputed.test(JSON.stringify(raw)));
      const read = parsed(raw);
      const value = plainValue(read.root, options);
      fc.pre(value !== undefined);
      expect(secondOpinion(read, value ?? null)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
