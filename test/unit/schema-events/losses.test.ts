import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, lossesBetween } from '../../../generator/src/schema/index.ts';
import { parsed } from '../schema/asked.ts';
import { schemas } from './random-schemas.ts';

const text: Json = { type: 'string' };
const object = (properties: Json, more: object = {}): Json => ({ type: 'object', properties, ...more });
const closed = { additionalProperties: false };
const byIban = object({ iban: text }, { required: ['iban'], ...closed });
const byMail = object({ mail: text }, closed);
const card = object({ kind: { const: 'card' }, last4: text }, { required: ['kind'] });
const cash = object({ kind: { const: 'cash' } }, { required: ['kind'] });

function losses(old: Json, next: Json): readonly string[] | undefined {
  return lossesBetween(parsed(old), parsed(next), 1_000)?.map(
    ({ kind, pointer, told }) => `${kind} ${pointer}${told ? ', told by it' : ''}`,
  );
}

test.each<[string, Json, Json, readonly string[]]>([
  ['an optional name goes', object({ a: text, b: text }), object({ a: text }), ['dropped /b']],
  ['a required name goes', object({ a: text }, { required: ['a'] }), object({ b: text }), ['dropped /a']],
  ['a name goes and every name is declared', object({ a: text }), { type: 'object' }, []],
  ['a name comes', object({ a: text }), object({ a: text, b: text }), []],
  ['a map closes', { additionalProperties: text }, object({ a: text }), ['map-closed ']],
  ['a map is gone without a word', object({}, { additionalProperties: text }), object({ a: text }), ['map-closed ']],
  ['a schema that says nothing begins to speak', { type: 'object' }, object({ a: text }), ['map-closed ']],
  ['a closed schema opens', object({ a: text }, closed), object({ a: text }, { additionalProperties: true }), []],
  [
    'a name is taken out of a map',
    { additionalProperties: text },
    { properties: { a: text }, additionalProperties: text },
    [],
  ],
  ['names of a pattern go', { patternProperties: { '^x-': text } }, object({ a: text }), ['dropped /*']],
  ['a default comes to an old name', object({ a: text }), object({ a: { ...text, default: '' } }), ['invented /a']],
  ['a default comes with its name', object({}), object({ a: { ...text, default: '' } }), ['map-closed ']],
  ['a default changes', object({ a: { default: 1 } }), object({ a: { default: 2 } }), []],
  ['below items', { items: object({ a: text, b: text }) }, { items: object({ a: text }) }, ['dropped /0/b']],
  [
    'below a slot',
    { prefixItems: [true, object({ a: text, b: text })] },
    { prefixItems: [true, object({ a: text })] },
    ['dropped /1/b'],
  ],
  [
    'below the values of a map',
    { additionalProperties: object({ a: text, b: text }) },
    { additionalProperties: object({ a: text }) },
    ['dropped /*/b'],
  ],
  [
    'through a reference',
    { $ref: '#/$defs/x', $defs: { x: object({ 'a/b~': text, c: text }) } },
    object({ c: text }),
    ['dropped /a~1b~0'],
  ],
  [
    'an untagged alternative goes, whose events were told by a name',
    { anyOf: [byIban, byMail] },
    byMail,
    ['dropped /iban, told by it'],
  ],
  ['an untagged alternative goes, whose names were optional', { anyOf: [byMail, byIban] }, byIban, ['dropped /mail']],
  [
    'a case of a tag loses a name',
    { oneOf: [card, cash] },
    { oneOf: [object({ kind: { const: 'card' } }, { required: ['kind'] }), cash] },
    ['dropped /last4'],
  ],
  [
    'a case of a tag goes whole: the verdict says that',
    { oneOf: [card, cash, object({ kind: { const: 'x' }, y: text }, { required: ['kind'] })] },
    { oneOf: [card, cash] },
    [],
  ],
  ['a tag comes', card, { oneOf: [card, cash] }, ['dropped /last4']],
])('%s', (_, old, next, expected) => {
  expect(losses(old, next)).toEqual(expected);
  expect(losses(old, old)).toEqual([]);
  expect(losses(next, next)).toEqual([]);
});

test('a recursive schema ends', () => {
  const tree = (names: object): Json => ({
    $ref: '#/$defs/node',
    $defs: { node: object({ ...names, children: { items: { $ref: '#/$defs/node' } } } as Json) },
  });
  expect(losses(tree({ a: text, b: text }), tree({ a: text }))).toEqual(['dropped /b']);
});

test('a schema loses nothing against itself', () => {
  fc.assert(
    fc.property(schemas({ everything: true }), (raw) => {
      expect(losses(raw, raw)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
