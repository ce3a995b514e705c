import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../generator/src/output/unified-diff.ts';

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

test('equal texts have no difference', () => {
  expect(unifiedDiff('a\n', 'a\n', 10)).toBe('');
});

test('a change stands with three lines around it', () => {
  const after = text([...numbers(1, 9), 'ten', ...numbers(11, 20)]);
  expect(unifiedDiff(text(numbers(1, 20)), after, 50)).toBe('@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13');
});

test('two changes far apart are two hunks', () => {
  const after = text([...numbers(2, 19), '20', '21']);
  expect(unifiedDiff(text(numbers(1, 20)), after, 50)).toBe(
    '@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -18,3 +17,4 @@\n 18\n 19\n 20\n+21',
  );
});

test('a created file and a lost newline', () => {
  expect(unifiedDiff('', 'a\nb\n', 50)).toBe('@@ -0,0 +1,2 @@\n+a\n+b');
  expect(unifiedDiff('a\n', 'a', 50)).toBe('@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file');
});

test('says how much is not shown', () => {
  expect(unifiedDiff('', text(numbers(1, 9)), 4)).toBe('@@ -0,0 +1,9 @@\n+1\n+2\n… 7 more lines');
});
