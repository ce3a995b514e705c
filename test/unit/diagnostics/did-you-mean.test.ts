import { expect, test } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../../generator/src/diagnostics/did-you-mean.ts';

test.each([
  ['', '', 0],
  ['retry', 'retry', 0],
  ['rerty', 'retry', 1],
  ['retries', 'retry', 3],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('%j and %j are %i apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test.each([
  ['retrys', 'retry'],
  ['Delivery', 'delivery'],
  ['deadletter', 'deadLetter'],
  ['concurency', 'concurrency'],
  ['xyz', undefined],
  ['', undefined],
])('%j means %j', (word, meant) => {
  expect(nearest(word, ['retry', 'delivery', 'deadLetter', 'concurrency'])).toBe(meant);
});

test('the first of equally near words wins', () => {
  expect(nearest('owncr', ['owner', 'ownxr'])).toBe('owner');
});

test('says it as a question, or nothing', () => {
  expect(didYouMean('onwer', ['owner'])).toBe('Did you mean `owner`?');
  expect(didYouMean('zzz', ['owner'])).toBeUndefined();
});

test('a key of a megabyte costs nothing', () => {
  const started = performance.now();
  expect(
    nearest(
      'x'.repeat(1024 * 1024),
      Array.from({ length: 200 }, (_, index) => `name-${index}`),
    ),
  ).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(2000);
});
