import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMultipleOf as exactly } from '../../../generator/src/schema/decimal.ts';
import { changeItems, droppedPointers, onlyDeclared, withMember } from '../../../runtime/src/validation/changes.ts';
import {
  hasLength,
  isEqual,
  isMultipleOf,
  isNumber,
  isObject,
  isUnique,
  own,
} from '../../../runtime/src/validation/checks.ts';

test.each<[value: number, step: number, answer: boolean]>([
  [0.3, 0.1, true],
  [19.99, 0.01, true],
  [19.995, 0.01, false],
  [1e21, 7, false],
  [1e-7, 1e-7, true],
  [4.35, 0.05, true],
  [0, 0.3, true],
  [-0.6, 0.2, true],
  [123456789012345.67, 0.01, true],
])('%d is a multiple of %d: %s', (value, step, answer) => {
  expect(isMultipleOf(value, step)).toBe(answer);
});

test('multiples are those of exact decimals', () => {
  const decimal = fc
    .tuple(fc.integer(), fc.integer({ min: 0, max: 9 }))
    .map(([digits, places]) => Number(`${digits}e-${places}`));
  const step = decimal.map(Math.abs).filter((value) => value > 0);
  fc.assert(
    fc.property(decimal, step, fc.integer({ min: -1000, max: 1000 }), (value, unit, times) => {
      expect(isMultipleOf(value, unit)).toBe(exactly(value, unit));
      const product = Number((unit * times).toPrecision(15));
      expect(isMultipleOf(product, unit)).toBe(exactly(product, unit));
    }),
    { numRuns: 3_000 },
  );
});

test('lengths count code points', () => {
  expect(hasLength('😀😀', 2, 2)).toBe(true);
  expect(hasLength('😀😀', 3, 9)).toBe(false);
  expect(hasLength('\ud83d', 1, 1)).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 6 }), fc.nat(5), fc.nat(8), (text, least, most) => {
      const length = [...text].length;
      expect(hasLength(text, least, most)).toBe(length >= least && length <= most);
    }),
  );
});

test('equality is that of JSON', () => {
  expect(isEqual({ a: 1, b: [2] }, { b: [2], a: 1.0 })).toBe(true);
  expect(isEqual({ a: 1 }, { a: 1, b: null })).toBe(false);
  expect(isEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(isEqual({}, [])).toBe(false);
  expect(isEqual({ toString: 1 }, {})).toBe(false);
  expect(isEqual(JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'))).toBe(true);
});

test('duplicates are found in short and in long arrays', () => {
  const long = Array.from({ length: 40 }, (_, index) => index);
  expect(isUnique([1, '1', true, null, [1], { a: 1 }])).toBe(true);
  expect(
    isUnique([
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ]),
  ).toBe(false);
  expect(isUnique(long)).toBe(true);
  expect(isUnique([...long, 7])).toBe(false);
  expect(isUnique([...long, { a: 1 }, { a: 1 }])).toBe(false);
});

test('what is no JSON value has no type', () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY, '1', 1n].map(isNumber)).toEqual([false, false, false, false]);
  expect([null, [], 'x', {}].map(isObject)).toEqual([false, false, false, true]);
  expect(own({}, 'constructor')).toBe(undefined);
  expect(own(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1);
});

test('changes leave their argument alone and answer it when there is nothing to do', () => {
  const value = Object.freeze({ a: 1, b: 2 });
  expect(onlyDeclared(value, new Set(['a', 'b']), [])).toBe(value);
  expect(onlyDeclared(value, new Set(['a']), [])).toEqual({ a: 1 });
  expect(onlyDeclared(value, new Set(['a']), [/^b/])).toBe(value);
  expect(withMember(value, value, 'a', 1)).toBe(value);
  expect(withMember(value, value, 'c', undefined)).toEqual({ a: 1, b: 2, c: undefined });
  const kept = withMember(value, value, '__proto__', { a: 3 });
  expect(Object.keys(kept)).toEqual(['a', 'b', '__proto__']);
  expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  const items = Object.freeze([1, 2, 3]);
  expect(changeItems(items, [], (item) => item)).toBe(items);
  expect(changeItems(items, [() => 9], (item) => (item === 3 ? 4 : item))).toEqual([9, 2, 4]);
});

test('pointers of what was dropped are escaped', () => {
  expect(
    droppedPointers({ 'a/b': { '~': 1, c: 1 }, d: [{ e: 1 }], f: undefined }, { 'a/b': { c: 1 }, d: [{}] }),
  ).toEqual(['/a~1b/~0', '/d/0/e']);
});
