import { describe, expect, test } from 'vitest';
import { askSchema, finiteValues } from '../../../generator/src/checker/schema-pointer.ts';
import { type Json, parseSchema } from '../../../generator/src/schema/index.ts';

function ask(raw: Json, pointer: string): ReturnType<typeof askSchema> {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (!schema) throw new Error(JSON.stringify(problems));
  return askSchema(schema.root, pointer);
}

/** `certain`, `null?` (may be null), `absent?` with the reason, or `missing` with what stands there instead. */
function answer(raw: Json, pointer: string): string {
  const given = ask(raw, pointer);
  if (!given.declared) return `missing ${given.missing}, there is ${given.instead.join(' ') || 'nothing'}`;
  if (given.absent !== undefined) return `absent? ${given.absent}`;
  return given.nullable ? 'null?' : 'certain';
}

const text = { type: 'string' };
const object = (properties: Json, required: readonly string[] = [], more: object = {}): Json =>
  ({ type: 'object', properties, required, ...more }) as Json;

describe('a pointer into a schema', () => {
  test.each<[what: string, schema: Json, pointer: string, expected: string]>([
    ['required', object({ id: text }, ['id']), '/id', 'certain'],
    ['optional', object({ id: text }), '/id', 'absent? `/id` is optional'],
    ['defaulted', object({ id: { ...text, default: '' } }), '/id', 'certain'],
    ['nullable', object({ id: { type: ['string', 'null'] } }, ['id']), '/id', 'null?'],
    ['untyped', object({ id: {} }, ['id']), '/id', 'null?'],
    ['an enum without null', object({ id: { enum: ['a', 1] } }, ['id']), '/id', 'certain'],
    ['undeclared', object({ id: text, at: text }, ['id']), '/key', 'missing /key, there is at id'],
    ['nested', object({ a: object({ b: text }, ['b']) }, ['a']), '/a/b', 'certain'],
    ['nested under an optional parent', object({ a: object({ b: text }, ['b']) }), '/a/b', 'absent? `/a` is optional'],
    [
      'nested in what may be null',
      object({ a: { ...Object(object({ b: text }, ['b'])), type: ['object', 'null'] } }, ['a']),
      '/a/b',
      'absent? `/a` is not held to `type: object`',
    ],
    [
      'no type at the root',
      { properties: { id: text }, required: ['id'] },
      '/id',
      'absent? the payload is not held to `type: object`',
    ],
    ['through $ref', { $ref: '#/$defs/x', $defs: { x: object({ id: text }, ['id']) } }, '/id', 'certain'],
    [
      'required beside, declared inside allOf',
      { type: 'object', required: ['id'], allOf: [{ properties: { id: text } }] },
      '/id',
      'certain',
    ],
    [
      'null excluded by one of two',
      { type: 'object', required: ['id'], properties: { id: {} }, allOf: [{ properties: { id: text } }] },
      '/id',
      'certain',
    ],
    [
      'in every branch',
      {
        type: 'object',
        oneOf: [object({ k: { const: 'a' }, id: text }, ['id']), object({ k: { const: 'b' }, id: text }, ['id'])],
      },
      '/id',
      'certain',
    ],
    [
      'in one branch only',
      { type: 'object', anyOf: [object({ id: text }, ['id']), object({ other: text })] },
      '/id',
      'absent? `/id` is optional',
    ],
    ['an item', object({ l: { type: 'array', items: text } }, ['l']), '/l/0', 'absent? `/l` may hold fewer items'],
    ['an item that is there', object({ l: { type: 'array', items: text, minItems: 2 } }, ['l']), '/l/1', 'certain'],
    [
      'a slot of a tuple',
      object({ l: { type: 'array', prefixItems: [text, { type: 'integer' }], minItems: 2 } }, ['l']),
      '/l/1',
      'certain',
    ],
    [
      'behind a closed tuple',
      object({ l: { type: 'array', prefixItems: [text], items: false } }, ['l']),
      '/l/1',
      'missing /l/1, there is nothing',
    ],
    [
      'a map',
      object({ m: { type: 'object', additionalProperties: text } }, ['m']),
      '/m/any',
      'absent? `/m/any` is optional',
    ],
    [
      'a pattern',
      object({ m: { type: 'object', patternProperties: { '^x-': text } } }, ['m']),
      '/m/x-a',
      'absent? `/m/x-a` is optional',
    ],
    [
      'open, but not declared',
      object({ id: text }, ['id'], { additionalProperties: true }),
      '/other',
      'missing /other, there is id',
    ],
    ['an escaped name', object({ 'a/b~c': text }, ['a/b~c']), '/a~1b~0c', 'certain'],
    ['__proto__', object({ id: text }), '/__proto__', 'missing /__proto__, there is id'],
    [
      'a recursive schema',
      { $ref: '#/$defs/n', $defs: { n: object({ next: { $ref: '#/$defs/n' }, id: text }, ['next', 'id']) } },
      '/next/next/id',
      'certain',
    ],
  ])('%s', (_, schema, pointer, expected) => {
    expect(answer(schema, pointer)).toBe(expected);
  });
});

test.each<[Json, number | undefined]>([
  [{ enum: ['a', 'b', 'c'] }, 3],
  [{ type: 'boolean' }, 2],
  [{ allOf: [{ enum: [1, 2, 3] }, { enum: [1, 2] }] }, 2],
  [{ type: 'string' }, undefined],
])('the values of %j are counted', (field, expected) => {
  const given = ask({ type: 'object', properties: { key: field } }, '/key');
  expect(given.declared && finiteValues(given.node)).toBe(expected);
});
