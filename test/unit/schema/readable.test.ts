import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/index.ts';
import { isValid } from '../../../generator/src/schema/index.ts';
import { readable } from '../../../generator/src/schema/readable.ts';
import { parsed, verdictOn } from './asked.ts';
import { instance, schema } from './random-pairs.ts';

/** The text of the witness, so that the order of its members counts. */
function shown(old: unknown, next: unknown): string | undefined {
  const verdict = verdictOn(old, next);
  return verdict.verdict === 'incompatible' ? JSON.stringify(verdict.witness) : undefined;
}

const text = { type: 'string' };

function record(properties: Record<string, unknown>, more: object = {}): object {
  return { type: 'object', properties, required: Object.keys(properties), ...more };
}

/** A schema and the same with one more required member, which the witness lacks. */
function wanting(properties: Record<string, unknown>): [old: unknown, next: unknown] {
  const old = record(properties);
  return [old, { ...old, required: [...Object.keys(properties), 'missing'] }];
}

test('members stand as the schema declares them, and their strings look like what they are', () => {
  const old = {
    allOf: [{ $ref: '#/$defs/order' }],
    $defs: { order: record({ zone: text, orderId: text, placedAt: { format: 'date-time', ...text }, amount: text }) },
    required: ['amount', 'zone'],
  };
  expect(shown(old, { ...old, required: ['missing'] })).toBe(
    '{"zone":"zone","orderId":"order-1","placedAt":"2026-01-01T09:00:00Z","amount":"amount"}',
  );
});

test.each<[what: string, member: unknown, value: string]>([
  ['an example', { ...text, examples: [4, 'as told'], format: 'uri' }, '"as told"'],
  ['a default', { ...text, default: 'else' }, '"else"'],
  ['a format', { ...text, format: 'uuid' }, '"f81d4fae-7dec-41d0-a765-00a0c91e6bf6"'],
  ['a name', text, '"shop-1"'],
  ['a short name', { ...text, maxLength: 3 }, '"s-1"'],
  ['nothing that fits', { ...text, pattern: '^[0-9]{2}$' }, '"00"'],
  ['a number', { type: 'number', minimum: 3 }, '3'],
  ['an example of a number', { type: 'number', examples: [12.5] }, '12.5'],
  ['an example that is not valid', { type: 'number', examples: [12.5], minimum: 20 }, '20'],
  ['values', { enum: ['b', 'a'] }, '"b"'],
])('%s says what a member looks like', (_, member, value) => {
  expect(shown(...wanting({ shopId: member }))).toBe(`{"shopId":${value}}`);
});

test('an example of the whole lends its parts', () => {
  const old = record(
    { customer: record({ name: text }), tags: { type: 'array', items: text, minItems: 1 } },
    { examples: [{ customer: { name: 'Ada', age: 36 }, tags: ['urgent', 'gift'], note: 'x' }] },
  );
  expect(shown(old, { ...old, required: ['customer', 'tags', 'missing'] })).toBe(
    '{"customer":{"name":"Ada"},"tags":["urgent"]}',
  );
});

test('items are told apart', () => {
  const [old, next] = wanting({ tags: { type: 'array', items: text, minItems: 2, uniqueItems: true } });
  expect(shown(old, next)).toBe('{"tags":["tag-1","tag-2"]}');
});

test('a name that is no word is not made one', () => {
  const [old, next] = wanting({ 'x"; drop': text, __proto__x: text });
  expect(shown(old, next)).toBe('{"x\\"; drop":"","__proto__x":""}');
});

test('the alternative that the value uses says what it looks like', () => {
  const branch = (kind: string, example: string) =>
    record({ kind: { const: kind }, value: { ...text, examples: [example] } });
  const old = { oneOf: [branch('a', 'of a'), branch('b', 'of b')] };
  expect(shown(old, { oneOf: [branch('a', 'of a')] })).toBe('{"kind":"b","value":"of b"}');
});

test('the place that fails stays as it is', () => {
  const of = (member: object) => record({ cityName: { ...text, ...member } });
  expect(shown(of({}), of({ maxLength: 4 }))).toBe('{"cityName":"aaaaa"}');
  expect(shown(of({ examples: ['b'] }), of({ pattern: 'a' }))).toBe('{"cityName":""}');
  expect(shown(of({}), record({ cityName: { allOf: [{ maxLength: 4 }] } }))).toBe('{"cityName":"aaaaa"}');
});

test('where no string is accepted it may be any', () => {
  expect(shown(record({ cityName: text }), record({ cityName: { type: 'integer' } }))).toBe('{"cityName":"city name"}');
});

test('no second place is made to fail', () => {
  const old = parsed(record({ cityName: text, age: { type: 'integer' } })).root;
  const next = parsed(record({ cityName: { ...text, maxLength: 6 }, age: text })).root;
  const options = { assertFormats: false, shows: () => true, deadline: Number.POSITIVE_INFINITY };
  expect(readable(old, next, { cityName: '', age: 0 }, options)).toEqual({ cityName: 'c-1', age: 0 });
});

function shapeOf(value: Json): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return new Map(
    Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, shapeOf(member)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

test('nothing comes, nothing goes, and nothing is shown that does not show the difference', () => {
  let differences = 0;
  fc.assert(
    fc.property(schema, schema, instance, (a, b, value) => {
      const [old, next] = [parsed(a), parsed(b)];
      const shows = (candidate: Json) => isValid(old.root, candidate, old) && !isValid(next.root, candidate, next);
      if (!shows(value)) return;
      differences++;
      const options = { assertFormats: false, shows, deadline: Number.POSITIVE_INFINITY };
      const nicer = readable(old.root, next.root, value, options);
      expect(shows(nicer)).toBe(true);
      expect(shapeOf(nicer)).toEqual(shapeOf(value));
      expect(readable(old.root, next.root, value, options)).toEqual(nicer);
    }),
    { numRuns: 1_000 },
  );
  expect(differences).toBeGreaterThan(100);
});

test('a value with more places than are tried keeps the rest plain, and time that is over changes nothing', () => {
  const root = parsed({ type: 'array', items: { type: 'string', examples: ['nice'] } }).root;
  let asked = 0;
  const shows = (): boolean => {
    asked++;
    return true;
  };
  const value = Array.from({ length: 1_000 }, () => '');
  const options = { assertFormats: false, shows, deadline: Number.POSITIVE_INFINITY };
  expect(readable(root, root, value, options)).toEqual(value.map((_, index) => (index < 300 ? 'nice' : '')));
  expect(asked).toBe(300);
  expect(readable(root, root, value, { ...options, deadline: 0 })).toEqual(value);
});
