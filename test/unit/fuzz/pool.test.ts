import { expect, test } from 'vitest';
import { dialects, isValid, type Json } from '../../../generator/src/schema/index.ts';
import { keywordsOf } from '../../fuzz/keywords.ts';
import { poolOf, poolSize } from '../../fuzz/pool.ts';
import { randomFor } from '../../fuzz/random.ts';
import { placesOf } from '../../fuzz/schemas/places.ts';
import { randomSchema } from '../../fuzz/schemas/random-schema.ts';
import { realSchemas } from '../../fuzz/schemas/real-schemas.ts';

const none = realSchemas([]);
const shape = ({ members, values }: ReturnType<typeof poolOf>): Json[] => [
  ...members.map(({ schema }) => schema.raw),
  ...values,
];

test('a seed and the number of a round say everything about a pool', () => {
  expect(shape(poolOf(7, 3, none))).toEqual(shape(poolOf(7, 3, none)));
  expect(shape(poolOf(8, 3, none))).not.toEqual(shape(poolOf(7, 3, none)));
  expect(shape(poolOf(7, 8, none))).not.toEqual(shape(poolOf(7, 3, none)));
});

test.for(dialects)('every keyword of %s is generated', (dialect) => {
  const met = new Set<string>();
  for (let round = 0; round < 400; round++) {
    for (const { schema } of placesOf(randomSchema(randomFor(1, round), dialect), dialect)) {
      if (typeof schema === 'object' && schema !== null) for (const name of Object.keys(schema)) met.add(name);
    }
  }
  expect([...keywordsOf(dialect).keys()].filter((name) => !met.has(name))).toEqual([]);
  expect([...met].filter((name) => !keywordsOf(dialect).has(name))).toEqual([]);
});

test('most schemas hold of some values of the pool and not of others', () => {
  for (const round of [0, 1, 2, 3, 4]) {
    const { members, values } = poolOf(1, round, none);
    const lively = members.filter(({ schema }) => {
      const holding = values.filter((value) => isValid(schema.root, value, schema)).length;
      return holding > 0 && holding < values.length;
    });
    expect(lively.length).toBeGreaterThan(poolSize * 0.8);
  }
});

test('a real schema is cut with what it refers to, and read in any dialect', () => {
  const file = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://example.com/file',
    definitions: {
      order: { type: 'object', properties: { lines: { type: 'array', items: { $ref: '#/definitions/line' } } } },
      line: { type: 'object', propertyNames: { maxLength: 3 }, required: ['sku'] },
      other: { type: 'object', additionalProperties: false },
    },
  };
  const real = realSchemas([file]);
  expect(real.count).toBe(3);
  const cuttings = (dialect: (typeof dialects)[number]) =>
    Array.from({ length: 60 }, (_, round) => JSON.stringify(real.pick(randomFor(1, round), dialect)));
  const order = '"lines":{"type":"array","items":{"$ref":"#/$defs/line"}}';
  const line = '{"type":"object","propertyNames":{"maxLength":3},"required":["sku"]}';
  expect(cuttings('2020-12')).toContain(`{"type":"object","properties":{${order}},"$defs":{"line":${line}}}`);
  expect(cuttings('draft-04').join()).not.toMatch(/\$defs|propertyNames|\$id/);
});
