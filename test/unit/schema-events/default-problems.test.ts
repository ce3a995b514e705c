import { expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/ast.ts';
import { defaultProblems } from '../../../generator/src/schema/default-problems.ts';
import { parseSchema } from '../../../generator/src/schema/parse.ts';

const table: [name: string, schema: Json, problems: string[]][] = [
  ['a good default', { properties: { a: { type: 'integer', default: 1 } } }, []],
  [
    'of the wrong type',
    { properties: { a: { type: 'integer', default: 'x' } } },
    ['invalid /properties/a of a: is not valid'],
  ],
  [
    'good only once filled',
    { properties: { a: { required: ['b'], properties: { b: { default: 1 } }, default: {} } } },
    [],
  ],
  [
    'invalid once filled',
    { properties: { a: { maxProperties: 0, properties: { b: { default: 1 } }, default: {} } } },
    ['invalid /properties/a of a: is not valid once it is filled in'],
  ],
  [
    'refused by what stands beside',
    { allOf: [{ properties: { a: { maximum: 1 } } }], properties: { a: { default: 2 } } },
    ['invalid /properties/a of a: is not valid'],
  ],
  [
    'two on equal footing',
    { allOf: [{ properties: { a: { default: 1 } } }, { properties: { a: { default: 2 } } }] },
    ['ambiguous /allOf/0/properties/a of a: has a rival, 2, with the same right to be taken'],
  ],
  [
    'the same twice',
    { allOf: [{ properties: { a: { default: { b: 1, c: 2 } } } }, { properties: { a: { default: { c: 2, b: 1 } } } }] },
    [],
  ],
  ['the nearer of two', { allOf: [{ properties: { a: { default: 1 } } }], properties: { a: { default: 2 } } }, []],
  [
    'without end',
    { properties: { next: { $ref: '#', default: {} } } },
    ['endless /properties/next of next: is filled with itself without end'],
  ],
  [
    'undeclared in part',
    { properties: { a: { properties: { b: true }, default: { b: 1, c: 2 } } } },
    ['undeclared /properties/a of a: holds members that the schema does not declare'],
  ],
  [
    'below items',
    { items: { properties: { a: { type: 'null', default: 1 } } } },
    ['invalid /items/properties/a of a: is not valid'],
  ],
];

test.each(table)('%s', (_, raw, problems) => {
  const [schema] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error('no schema');
  const found = defaultProblems(schema);
  expect(found.map(({ kind, at, member, message }) => `${kind} ${at.pointer} of ${member}: ${message}`)).toEqual(
    problems,
  );
});
