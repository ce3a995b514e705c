/** What a report says of the payload: every place in its own words, and nothing where nothing changed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldChanges } from '../../../generator/src/checker/payload/changes/field-changes.ts';
import type { FieldChange } from '../../../generator/src/checker/payload/words.ts';
import { compare, type Json, type JsonObject, parseSchema, type Schema } from '../../../generator/src/schema/index.ts';
import { schemas } from '../schema-events/random-schemas.ts';

type Row = readonly [name: string, before: Json, after: Json, there: readonly string[], back: readonly string[]];

function object(
  properties: Record<string, Json>,
  required: readonly string[] = [],
  more: Record<string, Json> = {},
): JsonObject {
  return { type: 'object', properties, required, ...more };
}

const text = { type: 'string' };
const integer = { type: 'integer' };
const card = object({ kind: { const: 'card' }, number: text }, ['kind', 'number']);
const sepa = object({ kind: { const: 'sepa' }, iban: text }, ['kind', 'iban']);
const cash = object({ kind: { const: 'cash' } }, ['kind']);

const rows: readonly Row[] = [
  [
    'another type',
    object({ a: text }),
    object({ a: integer }),
    ['~ /a integer instead of string'],
    ['~ /a string instead of integer'],
  ],
  [
    'null comes',
    object({ a: text }),
    object({ a: { type: ['string', 'null'] } }),
    ['~ /a may be null now: handlers must expect it'],
    ['~ /a is never null any more'],
  ],
  [
    'null in a list of types, or as an alternative',
    object({ a: { anyOf: [text, { type: 'null' }] } }),
    object({ a: { type: ['string', 'null'] } }),
    [],
    [],
  ],
  [
    'a nullable object',
    object({ a: object({ x: text }) }),
    object({ a: { anyOf: [object({ x: text, y: text }), { type: 'null' }] } }),
    [
      '~ /a may be null now: handlers must expect it',
      '+ /a/y optional string · consumers ignore it until they read it',
    ],
    ['~ /a is never null any more', '- /a/y was optional string · handlers no longer see what events have there'],
  ],
  [
    'an object that becomes a text',
    object({ a: object({ x: text }) }),
    object({ a: text }),
    ['~ /a string instead of object { x? }'],
    ['~ /a object { x? } instead of string'],
  ],
  [
    'a text that becomes an object',
    object({ a: text }),
    object({ a: object({ x: text, y: text }, ['x']) }),
    ['~ /a object { x, y? } instead of string'],
    ['~ /a string instead of object { x, y? }'],
  ],
  [
    'a value that becomes a list',
    object({ a: text }),
    object({ a: { type: 'array', items: text } }),
    ['~ /a array of string instead of string'],
    ['~ /a string instead of array of string'],
  ],
  [
    'items',
    object({ a: { type: 'array', items: text } }),
    object({ a: { type: 'array', items: { type: ['string', 'null'] }, uniqueItems: true } }),
    ['~ /a no item comes twice now', '~ /a/* may be null now: handlers must expect it'],
    ['~ /a an item may come twice now', '~ /a/* is never null any more'],
  ],
  [
    'items of items',
    object({ a: { type: 'array', items: { type: 'array', items: object({ x: text }) } } }),
    object({ a: { type: 'array', items: { type: 'array', items: object({ x: text, y: integer }) } } }),
    ['+ /a/*/*/y optional integer · consumers ignore it until they read it'],
    ['- /a/*/*/y was optional integer · handlers no longer see what events have there'],
  ],
  [
    'a tuple that grows',
    object({ a: { type: 'array', prefixItems: [text], items: false } }),
    object({ a: { type: 'array', prefixItems: [text, integer], items: false } }),
    ['~ /a/1 allowed now: integer'],
    ['~ /a/1 no longer allowed; was integer'],
  ],
  [
    'values of a map',
    object({ m: { type: 'object', additionalProperties: object({ x: text }) } }),
    object({ m: { type: 'object', additionalProperties: object({ x: text, y: text }) } }),
    ['+ /m/*/y optional string · consumers ignore it until they read it'],
    ['- /m/*/y was optional string · handlers no longer see what events have there'],
  ],
  [
    'a map that closes',
    object({ m: { type: 'object', additionalProperties: text } }),
    object({ m: object({ a: text }, [], { additionalProperties: false }) }),
    [
      '~ /m/a declared by its own name now',
      '- /m no longer takes any name: what is not declared is not shown to handlers',
    ],
    ['~ /m/a no longer declared by its own name', '+ /m takes any name now, with values of string'],
  ],
  [
    'an object that becomes a map',
    object({ m: object({ a: text }) }),
    object({ m: object({ a: text }, [], { additionalProperties: text }) }),
    ['+ /m takes any name now, with values of string'],
    ['- /m no longer takes any name: what is not declared is not shown to handlers'],
  ],
  [
    'a closed object',
    object({ a: text }),
    object({ a: text }, [], { additionalProperties: false }),
    ['~ the event is closed now: hand-written services refuse names that are not declared'],
    ['~ the event is no longer closed: names that are not declared are looked past'],
  ],
  [
    'names by pattern',
    object({ m: { type: 'object', patternProperties: { '^x-': text } } }),
    object({ m: { type: 'object', patternProperties: { '^x-': integer, '^y-': text } } }),
    ['~ /m/* (names like `^x-`) integer instead of string', '+ /m/* (names like `^y-`) string'],
    ['~ /m/* (names like `^x-`) string instead of integer', '- /m/* (names like `^y-`) was string'],
  ],
  [
    'a variant comes',
    object({ p: { oneOf: [card, sepa] } }),
    object({ p: { oneOf: [card, sepa, cash] } }),
    ['+ /p variant `"cash"`: handlers meet a form they do not know'],
    ['- /p variant `"cash"`: no event has this form any more'],
  ],
  [
    'a variant goes',
    object({ p: { oneOf: [card, sepa] } }),
    object({ p: { oneOf: [sepa] } }),
    ['- /p variant `"card"`: no event has this form any more'],
    ['+ /p variant `"card"`: handlers meet a form they do not know'],
  ],
  [
    'a variant changes, and the order of the list',
    object({ p: { oneOf: [card, sepa] } }),
    object({ p: { oneOf: [sepa, object({ kind: { const: 'card' }, number: text, cvc: text }, ['kind', 'number'])] } }),
    ['+ /p/cvc (variant `"card"`) optional string · consumers ignore it until they read it'],
    ['- /p/cvc (variant `"card"`) was optional string · handlers no longer see what events have there'],
  ],
  [
    'one form becomes two',
    object({ p: card }),
    object({ p: { oneOf: [card, sepa] } }),
    ['+ /p variant `"sepa"`: handlers meet a form they do not know'],
    ['- /p variant `"sepa"`: no event has this form any more'],
  ],
  [
    'variants without a tag',
    object({ p: { anyOf: [object({ a: text }), object({ b: text })] } }),
    object({ p: { anyOf: [object({ a: text }), object({ b: text, c: text }), text] } }),
    [
      '+ /p variant string: handlers meet a form they do not know',
      '+ /p/c (variant object { b?, c? }) optional string · consumers ignore it until they read it',
    ],
    [
      '- /p variant string: no event has this form any more',
      '- /p/c (variant object { b? }) was optional string · handlers no longer see what events have there',
    ],
  ],
  [
    'how many may fit',
    object({ p: { anyOf: [card, sepa] } }),
    object({ p: { oneOf: [card, sepa] } }),
    ['~ /p exactly one variant must fit now'],
    ['~ /p several variants may fit now'],
  ],
  [
    'variants of what is required',
    { ...object({ a: text, b: text }), anyOf: [{ required: ['a'] }, { required: ['b'] }] },
    { ...object({ a: text, b: text }), anyOf: [{ required: ['a'] }] },
    ['- the event variant with b: no event has this form any more'],
    ['+ the event variant with b: handlers meet a form they do not know'],
  ],
  [
    'a definition that is used twice',
    {
      $defs: { m: object({ c: { enum: ['E', 'U'] } }) },
      ...object({ a: { $ref: '#/$defs/m' }, b: { $ref: '#/$defs/m' } }),
    },
    {
      $defs: { m: object({ c: { enum: ['E', 'U', 'C'] }, d: text }) },
      ...object({ a: { $ref: '#/$defs/m' }, b: { $ref: '#/$defs/m' } }),
    },
    [
      '~ /a/c may also be `"C"`: handlers meet a value they do not know',
      '+ /a/d optional string · consumers ignore it until they read it',
      '~ /b changes as /a does',
    ],
    [
      '~ /a/c is no longer `"C"`',
      '- /a/d was optional string · handlers no longer see what events have there',
      '~ /b changes as /a does',
    ],
  ],
  [
    'a leaf that is used twice',
    {
      $defs: { m: { type: 'string', maxLength: 5 } },
      ...object({ a: { $ref: '#/$defs/m' }, b: { $ref: '#/$defs/m' } }),
    },
    {
      $defs: { m: { type: 'string', maxLength: 9 } },
      ...object({ a: { $ref: '#/$defs/m' }, b: { $ref: '#/$defs/m' } }),
    },
    ['~ /a at most 9 instead of 5 characters', '~ /b at most 9 instead of 5 characters'],
    ['~ /a at most 5 instead of 9 characters', '~ /b at most 5 instead of 9 characters'],
  ],
  [
    'a reference against the same inline',
    { $defs: { m: text }, ...object({ a: { $ref: '#/$defs/m' } }) },
    object({ a: text }),
    [],
    [],
  ],
  [
    'names that a map took before, of any type',
    object({}, [], { additionalProperties: true }),
    object({ a: text }, ['a'], { additionalProperties: true }),
    ['~ /a declared by its own name now: required string instead of any type'],
    ['~ /a no longer declared by its own name: any type instead of required string'],
  ],
  [
    'a schema that refers to itself',
    { $defs: { n: object({ v: integer, next: { $ref: '#/$defs/n' } }) }, $ref: '#/$defs/n' },
    { $defs: { n: object({ v: { type: 'number' }, next: { $ref: '#/$defs/n' } }) }, $ref: '#/$defs/n' },
    ['~ /v number instead of integer: fractions may come'],
    ['~ /v integer instead of number'],
  ],
  [
    'a condition',
    object({ a: text }),
    { ...object({ a: text }), if: object({ a: { const: 'x' } }), else: { required: ['b'] } },
    ['~ the event has a condition (`if`) now'],
    ['~ the event has no condition (`if`) any more'],
  ],
  [
    'members that need one another',
    object({ a: text }),
    object({ a: text }, [], { dependentRequired: { a: ['b'] } }),
    ['~ the event has a need of members for one another (`dependentRequired`) now'],
    ['~ the event has no need of members for one another (`dependentRequired`) any more'],
  ],
  [
    'defaults',
    object({ a: text, b: { ...text, default: 'x' }, c: { ...text, default: 1 } }),
    object({ a: { ...text, default: '' }, b: { ...text, default: 'y' }, c: text }),
    [
      '~ /a now has a default: `""` stands in where it is absent',
      '~ /b `"y"` instead of `"x"` when it is absent',
      '~ /c no longer `1` when it is absent',
    ],
    [
      '~ /a no longer `""` when it is absent',
      '~ /b `"x"` instead of `"y"` when it is absent',
      '~ /c now has a default: `1` stands in where it is absent',
    ],
  ],
  [
    'what it means to people',
    object({ a: { ...text, description: 'x' } }),
    object({ a: { ...text, title: 'A', deprecated: true, examples: [1], 'x-tenet-brand': 'Id' } }),
    [
      '~ /a has the type `Id` in TypeScript now',
      '~ /a deprecated now: stop reading it',
      '~ /a reworded: title, description and examples',
    ],
    [
      '~ /a has a plain type in TypeScript again',
      '~ /a no longer deprecated',
      '~ /a reworded: title, description and examples',
    ],
  ],
  [
    'pattern, format and multiples',
    object({ a: { ...text, format: 'email', pattern: 'a' } }),
    object({ a: { ...text, format: 'uri', pattern: 'b', multipleOf: 3 } }),
    [
      '~ /a matches `b` instead of `a`',
      '~ /a format `uri` instead of `email` (it is not checked)',
      '~ /a a multiple of `3` now',
    ],
    [
      '~ /a matches `a` instead of `b`',
      '~ /a format `email` instead of `uri` (it is not checked)',
      '~ /a no longer a multiple of `3`',
    ],
  ],
  [
    'a closed set that opens',
    object({ a: { enum: ['x', 'y'] } }),
    object({ a: text }),
    ['~ /a string instead of one of `"x"`, `"y"`'],
    ['~ /a one of `"x"`, `"y"` instead of string'],
  ],
  [
    'another constant',
    object({ a: { const: 'x' } }),
    object({ a: { const: 'y' } }),
    ['~ /a `"y"` instead of `"x"`: handlers meet a value they do not know'],
    ['~ /a `"x"` instead of `"y"`: handlers meet a value they do not know'],
  ],
  [
    'a name that is taken into a map',
    object({ a: text }, [], { additionalProperties: text }),
    object({}, [], { additionalProperties: text }),
    ['~ /a no longer declared by its own name'],
    ['~ /a declared by its own name now'],
  ],
  [
    'required and optional',
    object({ a: text, b: text }, ['a']),
    object({ a: text, b: text }, ['b']),
    ['~ /a now optional: handlers must do without it', '~ /b now required'],
    ['~ /a now required', '~ /b now optional: handlers must do without it'],
  ],
  [
    'a member that is forbidden',
    object({ a: true }),
    object({ a: false }),
    ['~ /a no longer allowed; was any type'],
    ['~ /a allowed now: any type'],
  ],
  [
    'anything becomes a text',
    object({ a: {} }),
    object({ a: text }),
    ['~ /a string instead of any type'],
    ['~ /a any type instead of string'],
  ],
  [
    'names that mean something in a pointer or on a terminal',
    object({ 'a/b~c': text }),
    object({ 'a/b~c': integer, 'x\u001b[31m`@team`': text }),
    [
      '~ /a~1b~0c integer instead of string',
      '+ /x\u001b[31m`@team` optional string · consumers ignore it until they read it',
    ],
    [
      '~ /a~1b~0c string instead of integer',
      '- /x\u001b[31m`@team` was optional string · handlers no longer see what events have there',
    ],
  ],
  [
    'parts of allOf',
    { allOf: [object({ a: text }), object({ b: text })] },
    { allOf: [object({ a: text }), object({ b: integer, c: text })] },
    ['~ /b integer instead of string', '+ /c optional string · consumers ignore it until they read it'],
    ['~ /b string instead of integer', '- /c was optional string · handlers no longer see what events have there'],
  ],
  [
    'the whole event',
    {},
    object({ a: text }),
    ['~ the event object { a? } instead of any type', '+ /a optional string · consumers ignore it until they read it'],
    [
      '~ the event any type instead of object { a? }',
      '- /a was optional string · handlers no longer see what events have there',
    ],
  ],
  [
    'constants that are objects',
    object({ a: { enum: [{ x: 1 }, { x: 2 }] } }),
    object({ a: { enum: [{ x: 1 }, { x: 3 }] } }),
    ['~ /a may also be `{"x":3}`, and is no longer `{"x":2}`: handlers meet a value they do not know'],
    ['~ /a may also be `{"x":2}`, and is no longer `{"x":3}`: handlers meet a value they do not know'],
  ],
  [
    'types as alternatives',
    object({ a: { type: ['string', 'integer'] } }),
    object({ a: { anyOf: [text, integer] } }),
    [],
    [],
  ],
  [
    'a list of types that grows',
    object({ a: { type: ['string', 'integer'] } }),
    object({ a: { anyOf: [text, integer, { type: 'boolean' }] } }),
    ['~ /a string, integer or boolean instead of string or integer'],
    ['~ /a string or integer instead of string, integer or boolean'],
  ],
  [
    'bounds, inclusive and exclusive',
    object({ a: { type: 'integer', minimum: 0, maximum: 5 } }),
    object({ a: { type: 'integer', exclusiveMinimum: 0, maximum: 10 } }),
    ['~ /a more than 0 instead of at least 0', '~ /a at most 10 instead of 5'],
    ['~ /a at least 0 instead of more than 0', '~ /a at most 5 instead of 10'],
  ],
  [
    'a member that only some variants keep',
    { ...object({ x: text, kind: text }, ['kind']) },
    {
      ...object({ kind: text }, ['kind']),
      oneOf: [object({ kind: { const: 'a' }, x: text }, ['kind']), object({ kind: { const: 'b' } }, ['kind'])],
    },
    ['~ /x in some variants only; was optional string in all', '~ the event is one of the variants `"a"`, `"b"` now'],
    ['~ /x in every variant now: optional string', '~ the event is no longer split into `"a"`, `"b"`'],
  ],
];

function parse(raw: Json): Schema {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (!schema) throw new Error(problems.map(({ message }) => message).join());
  return schema;
}

function said(changes: readonly FieldChange[]): readonly string[] {
  return changes.map(({ sign, place, text: sentence }) => `${sign} ${place} ${sentence}`);
}

describe('JSON Schema', () => {
  test.each(rows)('%s', (_, before, after, there, back) => {
    const [was, is] = [parse(before), parse(after)];
    expect(said(fieldChanges(was, is))).toEqual(there);
    expect(said(fieldChanges(is, was))).toEqual(back);
    expect(fieldChanges(was, parse(before))).toEqual([]);
  });
});

test('a schema that is entangled on purpose is left when it has taken enough work', () => {
  const depth = 60;
  const entangled = (leaf: Json): Schema => {
    const levels = Array.from({ length: depth }, (_, level): readonly [string, Json] => {
      const next = { $ref: `#/$defs/${level + 1}` };
      return [`${level}`, { allOf: [next], anyOf: [next, object({ again: { $ref: '#/$defs/0' } })] }];
    });
    return parse({ $defs: { ...Object.fromEntries(levels), [depth]: object({ a: leaf }) }, $ref: '#/$defs/0' });
  };
  const changes = said(fieldChanges(entangled(text), entangled(integer)));
  expect(changes).toContain('~ /a integer instead of string');
  expect(changes).toContain('~ the schema is too entangled to list all that changed');
});

test('ten thousand members that change are ten thousand lines', () => {
  const wide = (type: Json): Schema =>
    parse(object(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}`, type]))));
  expect(fieldChanges(wide(text), wide(integer)).length).toBe(10_000);
});

describe('random schemas', () => {
  const random = schemas({ everything: true }).filter(
    (raw) => parseSchema(raw, { dialect: '2020-12' })[0] !== undefined,
  );

  test('nothing is said of a schema and itself', () => {
    fc.assert(
      fc.property(random, (raw) => {
        expect(fieldChanges(parse(raw), parse(JSON.parse(JSON.stringify(raw))))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('a keyword that makes a difference for an event has a line when it goes, and when it comes', () => {
    fc.assert(
      fc.property(random, fc.nat(), (raw, pick) => {
        const [was] = parseSchema(raw, { dialect: '2020-12' });
        const [is] = parseSchema(without(raw, pick), { dialect: '2020-12' });
        if (!was || !is) return;
        const options = { relation: 'inclusion', budgetMs: 20 } as const;
        const verdicts = [compare(was, is, options), compare(is, was, options)].map(({ verdict }) => verdict);
        if (!verdicts.includes('incompatible')) return;
        expect(fieldChanges(was, is).length).toBeGreaterThan(0);
        expect(fieldChanges(is, was).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  /** The schema without one member of one of its objects, whichever. */
  function without(raw: Json, pick: number): Json {
    const places: { readonly object: Record<string, Json>; readonly key: string }[] = [];
    const copy: Json = JSON.parse(JSON.stringify(raw), function (this: Record<string, Json>, key, value) {
      if (key !== '' && !Array.isArray(this)) places.push({ object: this, key });
      return value;
    });
    const place = places[pick % Math.max(places.length, 1)];
    if (place) delete place.object[place.key];
    return copy;
  }
});
