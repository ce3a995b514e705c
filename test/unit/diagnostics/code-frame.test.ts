import { expect, test } from 'vitest';
import { codeFrame } from '../../../generator/src/diagnostics/code-frame.ts';

const text = 'one\ntwo\nthree four\nfive\nsix\n';
const at = (line: number, column: number, endColumn?: number, endLine = line) => ({
  path: 'a.yaml',
  line,
  column,
  ...(endColumn === undefined ? {} : { endLine, endColumn }),
});
const frame = (source: string, ...place: Parameters<typeof at>) =>
  codeFrame(source, at(...place), { width: 60 }).join('\n');

test('two lines before, one after, the mark as long as what is marked', () => {
  expect(frame(text, 3, 7, 11)).toBe('  1 │ one\n  2 │ two\n> 3 │ three four\n    │       ^^^^\n  4 │ five');
});

test('a note stands behind the mark', () => {
  expect(codeFrame(text, at(1, 1, 4), { width: 60, note: 'was two' })).toEqual([
    '> 1 │ one',
    '    │ ^^^ was two',
    '  2 │ two',
  ]);
});

test('the last line, a place behind its end, and a place of one character', () => {
  expect(frame(text, 5, 4)).toBe('  3 │ three four\n  4 │ five\n> 5 │ six\n    │    ^');
  expect(frame('', 1, 1)).toBe('> 1 │\n    │ ^');
});

test('what spans lines is marked to the end of its first', () => {
  expect(frame(text, 1, 2, 3, 4)).toBe('> 1 │ one\n    │  ^^\n  2 │ two');
});

test('a place outside of the text has no frame', () => {
  expect(frame(text, 99, 1)).toBe('');
});

test('numbers of different length stand right', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `l${index + 1}`).join('\n');
  expect(frame(lines, 10, 1, 4)).toBe('   8 │ l8\n   9 │ l9\n> 10 │ l10\n     │ ^^^\n  11 │ l11');
});

test('CRLF does not show', () => {
  expect(frame('one\r\ntwo\r\n', 2, 1, 4)).toBe('  1 │ one\n> 2 │ two\n    │ ^^^');
});

test('a minified line is cut to a window around the place', () => {
  const minified = `{${'"a":1,'.repeat(500)}"wrong":2,${'"b":3,'.repeat(500)}"c":4}`;
  const column = minified.indexOf('"wrong"') + 1;
  const [line = '', mark = ''] = codeFrame(minified, at(1, column, column + 7), { width: 70 });
  expect(line.length).toBeLessThanOrEqual(71);
  expect(line).toMatch(/^> 1 │ ….*…$/);
  expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('"wrong"');
});

test('tabs, wide characters and characters that move the cursor keep the mark in place', () => {
  const [line = '', mark = ''] = codeFrame('\t包装: "\u001b[31mred\u202e"', at(1, 6, 17), { width: 60 });
  expect(line).toBe('> 1 │  包装: "·[31mred·"');
  expect(mark).toBe('    │        ^^^^^^^^^^^');
});
