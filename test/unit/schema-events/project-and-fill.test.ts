import { expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/ast.ts';
import { fill } from '../../../generator/src/schema/fill.ts';
import { parseSchema } from '../../../generator/src/schema/parse.ts';
import { locate } from '../../../generator/src/schema/places.ts';
import { project } from '../../../generator/src/schema/project.ts';

function rootOf(raw: Json) {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return locate(schema.root);
}

const projected: [name: string, schema: Json, value: Json, result: Json][] = [
  ['drops what nothing declares', { properties: { a: {} } }, { a: 1, b: 2 }, { a: 1 }],
  ['keeps everything where nothing speaks', { type: 'object' }, { b: 2 }, { b: 2 }],
  [
    'keeps everything where the rest is a schema',
    { properties: { a: {} }, additionalProperties: { type: 'string' } },
    { b: 1 },
    { b: 1 },
  ],
  ['drops under additionalProperties: false', { properties: { a: {} }, additionalProperties: false }, { b: 1 }, {}],
  ['keeps what a pattern declares', { patternProperties: { '^x-': {} } }, { 'x-a': 1, y: 2 }, { 'x-a': 1 }],
  ['counts required names', { required: ['a'] }, { a: 1, b: 2 }, { a: 1 }],
  [
    'counts names that are only looked at',
    { properties: { a: {} }, not: { required: ['b'] } },
    { b: 1, c: 2 },
    { b: 1 },
  ],
  [
    'silence beside a speaker changes nothing',
    { allOf: [{ type: 'object' }, { properties: { a: {} } }] },
    { b: 1 },
    {},
  ],
  ['a silent alternative opens', { anyOf: [{ type: 'object' }, { properties: { a: {} } }] }, { b: 1 }, { b: 1 }],
  [
    'an alternative for another type does not count',
    { anyOf: [{ type: 'null' }, { properties: { a: {} } }] },
    { b: 1 },
    {},
  ],
  [
    'untagged branches declare together',
    { anyOf: [{ properties: { a: {} } }, { properties: { b: {} } }] },
    { a: 1, b: 2, c: 3 },
    { a: 1, b: 2 },
  ],
  [
    'an alternative of the member for another type does not count',
    { anyOf: [{ properties: { p: { type: 'string' } } }, { properties: { p: { properties: { x: {} } } } }] },
    { p: { x: 1, y: 2 } },
    { p: { x: 1 } },
  ],
  [
    'an alternative that does not know the member says nothing of it',
    { anyOf: [{ properties: { p: { properties: { x: {} } } } }, { properties: { q: {} } }] },
    { p: { x: 1, y: 2 } },
    { p: { x: 1 } },
  ],
  [
    'an alternative that lets the member be anything opens it',
    { anyOf: [{ properties: { p: { properties: { x: {} } } } }, { properties: { p: true } }] },
    { p: { x: 1, y: 2 } },
    { p: { x: 1, y: 2 } },
  ],
  [
    'a tag selects its branch',
    {
      oneOf: [
        { properties: { t: { const: 1 }, a: {} }, required: ['t'] },
        { properties: { t: { const: 2 }, b: {} }, required: ['t'] },
      ],
    },
    { t: 1, a: 1, b: 2 },
    { t: 1, a: 1 },
  ],
  [
    'a tag of no branch leaves the value alone',
    {
      oneOf: [
        { properties: { t: { const: 1 }, a: {} }, required: ['t'] },
        { properties: { t: { const: 2 }, b: {} }, required: ['t'] },
      ],
    },
    { t: 3, a: 1, b: 2 },
    { t: 3, a: 1, b: 2 },
  ],
  [
    'a missing else is an open alternative',
    JSON.parse('{"if":{"required":["a"]},"then":{"properties":{"b":{}}}}'),
    { c: 1 },
    { c: 1 },
  ],
  [
    'descends into items and members',
    { items: { properties: { a: { properties: { b: {} } } } } },
    [{ a: { b: 1, c: 2 }, d: 1 }],
    [{ a: { b: 1 } }],
  ],
  ['reads an enum of objects', { enum: [{ a: { b: 1 } }, 3] }, { a: { b: 1, c: 2 }, d: 4 }, { a: { b: 1 } }],
  ['handles a member called __proto__', { properties: { a: {} } }, JSON.parse('{"a":1,"__proto__":{"b":1}}'), { a: 1 }],
];

test.each(projected)('project %s', (_, schema, value, result) => {
  const before = structuredClone(value);
  const root = rootOf(schema);
  const once = project(root, value);
  expect(once).toEqual(result);
  expect(project(root, once)).toBe(once);
  expect(value).toEqual(before);
});

const filled: [name: string, schema: Json, value: Json, result: Json][] = [
  ['adds the default of an absent member', { properties: { a: { default: 1 } } }, {}, { a: 1 }],
  ['leaves a null', { properties: { a: { default: 1 } } }, { a: null }, { a: null }],
  ['never the root', { default: { a: 1 } }, 3, 3],
  [
    'fills what it added',
    { properties: { a: { default: {}, properties: { b: { default: 2 } } } } },
    {},
    { a: { b: 2 } },
  ],
  [
    'reaches through references',
    { $defs: { x: { properties: { a: { default: 1 } } } }, $ref: '#/$defs/x' },
    {},
    { a: 1 },
  ],
  [
    'prefers the default beside a reference',
    { $defs: { x: { default: 2 } }, properties: { a: { $ref: '#/$defs/x', default: 1 } } },
    {},
    { a: 1 },
  ],
  [
    'fills the items of an array and adds none',
    { items: { properties: { a: { default: 1 } } } },
    [{}, 2],
    [{ a: 1 }, 2],
  ],
  ['fills map values', { additionalProperties: { properties: { a: { default: 1 } } } }, { x: {} }, { x: { a: 1 } }],
  [
    'fills the only alternative for objects',
    { anyOf: [{ type: 'null' }, { type: 'object', properties: { a: { default: 1 } } }] },
    {},
    { a: 1 },
  ],
  [
    'fills nothing in untagged alternatives',
    { anyOf: [{ properties: { a: { default: 1 } } }, { properties: { b: {} } }] },
    {},
    {},
  ],
  [
    'fills the branch that the tag selects',
    {
      oneOf: [
        { properties: { t: { const: 1 }, a: { default: 5 } }, required: ['t'] },
        { properties: { t: { const: 2 }, b: { default: 6 } }, required: ['t'] },
      ],
    },
    { t: 2 },
    { t: 2, b: 6 },
  ],
  [
    'goes down a recursive schema',
    { properties: { next: { $ref: '#' }, n: { default: 0 } } },
    { next: { next: {} } },
    { n: 0, next: { n: 0, next: { n: 0 } } },
  ],
];

test.each(filled)('fill %s', (_, schema, value, result) => {
  const before = structuredClone(value);
  const root = rootOf(schema);
  const once = fill(root, value);
  expect(once).toEqual(result);
  expect(fill(root, once)).toBe(once);
  expect(value).toEqual(before);
});

test('fill breaks off where it would not end', () => {
  const root = rootOf({ properties: { next: { $ref: '#', default: {} } } });
  expect(fill(root, {})).toEqual({ next: { next: {} } });
});
