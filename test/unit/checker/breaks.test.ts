import { expect, test } from 'vitest';
import { breaksBetween } from '../../../generator/src/checker/payload/breaks.ts';
import { compare, type Json, type Schema, type Verdict } from '../../../generator/src/schema/index.ts';
import type { Meeting } from '../../../generator/src/schema/verdict.ts';
import { parsed } from '../schema/asked.ts';

const events: Meeting = { producer: 'generated', consumer: 'generated' };
const text: Json = { type: 'string' };

function object(properties: Json, required: readonly string[] = []): Json {
  return { type: 'object', properties, required };
}

/** `cause keyword pointer name`, or why nobody knows. */
function breaks(
  old: Json,
  next: Json,
  asked: (a: Schema, b: Schema) => Verdict = (a, b) => compare(a, b, { relation: events }),
) {
  const found = breaksBetween(parsed(old), parsed(next), events, { compare: asked, budgetMs: 5_000 });
  return [...found].map((each) => {
    if ('undecided' in each) return each.undecided;
    const { rejection } = each;
    return rejection === undefined
      ? 'no single keyword'
      : [rejection.cause, rejection.keyword, rejection.pointer, rejection.name].filter(Boolean).join(' ');
  });
}

test('one break is one, and none is none', () => {
  expect(breaks(object({ a: text }), object({ a: text, b: text }))).toEqual([]);
  expect(breaks(object({ a: text }), object({ a: text, b: text }, ['b']))).toEqual(['required required b']);
});

test('every keyword that rejects is found, each by an event of its own', () => {
  const old = object({ a: text, b: { type: 'integer' }, c: { items: object({ d: { enum: [1, 2] } }) } }, [
    'a',
    'b',
    'c',
  ]);
  const next = object(
    {
      a: { type: 'string', minLength: 2, pattern: '^x' },
      b: { type: 'string' },
      c: { items: object({ d: { const: 1 }, e: text }, ['e']) },
    },
    ['a', 'b', 'c', 'f'],
  );
  expect(breaks(old, next).sort()).toEqual([
    'limit minLength /a',
    'limit pattern /a',
    'required required /c/0 e',
    'required required f',
    'type type /b',
    'values const /c/0/d',
  ]);
});

test('what stands in a recursive schema is found once', () => {
  const tree = (value: Json): Json => ({
    $ref: '#/$defs/node',
    $defs: { node: object({ amount: value, children: { items: { $ref: '#/$defs/node' } } }) },
  });
  expect(breaks(tree({ type: 'integer' }), tree({ type: 'integer', maximum: 9 }))).toEqual(['limit maximum /amount']);
});

test('an alternative that went, and a type beside it', () => {
  const old = object({ a: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, b: text });
  const next = object({ a: { anyOf: [{ type: 'string' }, { type: 'boolean' }] }, b: { type: 'null' } });
  expect(breaks(old, next).sort()).toEqual(['alternative anyOf /a', 'type type /b']);
});

test('a place where everything is refused', () => {
  expect(breaks(object({ a: text, b: text }), object({ a: false, b: { maxLength: 3 } })).sort()).toEqual([
    'closed /a',
    'limit maxLength /b',
  ]);
});

test('what comes after the first and cannot be decided is said, and never passes', () => {
  let times = 0;
  const doubtful = (a: Schema, b: Schema): Verdict =>
    times++ === 0 ? compare(a, b, { relation: events }) : { verdict: 'unknown', reason: 'of the weather' };
  expect(breaks(object({ a: text }), object({ a: { type: 'integer' } }), doubtful)).toEqual([
    'type type /a',
    'more may break than is shown (of the weather)',
  ]);
});

test('an event that breaks only what is left, and not the schema itself, is none', () => {
  let times = 0;
  const wrong = (a: Schema, b: Schema): Verdict =>
    times++ === 0 ? compare(a, b, { relation: events }) : { verdict: 'incompatible', witness: { a: 1 } };
  expect(breaks(object({ a: { type: ['string', 'integer'] } }), object({ a: { type: 'integer' } }), wrong)).toEqual([
    'type type /a',
    'more may break than is shown (the validators do not agree on another event)',
  ]);
});

test('no more than twenty are looked for', () => {
  const names = Array.from({ length: 25 }, (_, i) => `f${i}`);
  const properties = Object.fromEntries(names.map((name) => [name, text]));
  const found = breaks(object(properties), object(properties, names));
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toBe('more may break than is shown (20 places are shown)');
});
