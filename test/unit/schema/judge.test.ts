import { expect, test } from 'vitest';
import { type Json, parseSchema, type Schema, secondOpinion } from '../../../generator/src/schema/index.ts';

function read(raw: Json): Schema {
  const [schema, problems] = parseSchema(raw, { dialect: 'draft-07' });
  if (schema === undefined) throw new Error(problems[0]?.message);
  return schema;
}

test('members that the value does not have make no difference to Ajv', () => {
  const raw = {
    properties: { a: { type: 'string' }, b: { properties: { a: { const: 1 }, c: { type: 'null' } } } },
    patternProperties: { '^x': { type: 'number' } },
    additionalProperties: false,
    required: ['a'],
  };
  const values: readonly Json[] = [{}, { a: 's' }, { a: 1 }, { a: 's', b: { a: 1 } }, { a: 's', b: { a: 2 } }];
  const others: readonly Json[] = [
    { a: 's', c: 1 },
    { a: 's', x1: 1 },
    { a: 's', x1: 's' },
    { a: 's', b: { c: 1 } },
    1,
  ];
  const verdicts = [...values, ...others].map((value) => secondOpinion(read(raw), value));
  expect(verdicts).toEqual([false, true, false, true, false, false, true, false, false, true]);
});

test('one schema is judged anew when a value with other members comes', () => {
  const schema = read({ properties: { a: { type: 'string' }, b: { type: 'string' } } });
  expect(secondOpinion(schema, { a: 1 })).toBe(false);
  expect(secondOpinion(schema, { b: 1 })).toBe(false);
  expect(secondOpinion(schema, { a: 's', b: 's' })).toBe(true);
});

test.each<[string, Json, Json, boolean]>([
  [
    'a reference into a member that the value lacks',
    { properties: { a: { $ref: '#/properties/b' }, b: { type: 'null' } } },
    { a: 1 },
    false,
  ],
  [
    'a meta-schema',
    { properties: { a: { $ref: 'http://json-schema.org/draft-07/schema#' } } },
    { a: { type: 1 } },
    false,
  ],
  ['names in data', { const: { properties: { a: 1 } } }, { properties: { a: 1 } }, true],
])('%s is judged with all that it needs', (_, raw, value, expected) => {
  expect(secondOpinion(read(raw), value)).toBe(expected);
});
