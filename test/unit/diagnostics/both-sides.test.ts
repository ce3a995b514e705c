import { expect, test } from 'vitest';
import { bothSides } from '../../../generator/src/diagnostics/both-sides.ts';
import type { AgainstPosition, Position } from '../../../generator/src/diagnostics/finding.ts';
import { aFinding } from './a-report.ts';

const here = 'contracts/orders/v1.yaml';
const there = 'origin/main:contracts/orders/v1.yaml';

function sides(now: string, before: string, at: Partial<Position>, against: Partial<AgainstPosition>) {
  const finding = aFinding({
    at: { path: here, line: 1, column: 1, ...at },
    against: { path: there, line: 1, column: 1, was: 'was something', ...against },
  });
  const texts = new Map([
    [here, now],
    [there, before],
  ]);
  return bothSides(finding, (path) => texts.get(path), { width: 76 });
}

test('the line as it was follows, marked on its own, where words do not say all of it', () => {
  const now = 'a: 1\nrequired: [currency, orderId]\n';
  const before = `${'\n'.repeat(11)}required: [orderId]\n`;
  const at = { line: 2, column: 12, endColumn: 20 };
  expect(sides(now, before, at, { line: 12, endColumn: 9, was: 'was not declared' })).toEqual({
    frame: [
      '   1 │ a: 1',
      '>  2 │ required: [currency, orderId]',
      '     │            ^^^^^^^^',
      '',
      'at origin/main, v1.yaml',
      '< 12 │ required: [orderId]',
      '     │ ^^^^^^^^ was not declared',
    ],
  });
});

test.each<[why: string, now: string, before: string, against: Partial<AgainstPosition>]>([
  [
    'the words hold the value that stood there',
    'x\nin: 8h',
    'x\nin: 4h',
    { line: 2, column: 5, endColumn: 7, was: 'was 4h' },
  ],
  ['the value was quoted', 'x\nin: 8h', 'x\nin: "4h"', { line: 2, column: 5, endColumn: 9, was: 'was 4h' }],
  [
    'the line is the same, however deep it stands',
    'x\nin: 4h',
    'x\n  in: 4h',
    { line: 2, column: 3, endColumn: 5, was: 'was kept' },
  ],
  ['the text of then is not at hand', 'x\nin: 8h', '', { line: 9, was: 'was void' }],
])('one frame does where %s', (_, now, before, against) => {
  const { frame, note } = sides(now, before, { line: 2, column: 5, endColumn: 7 }, against);
  const { line = 1, was = '' } = against;
  expect(frame).toEqual(['  1 │ x', `> 2 │ ${now.slice(2)}`, `    │     ^^ ${was} at origin/main, v1.yaml:${line}`]);
  expect(note).toBeUndefined();
});

test('of a default there is no line, only the tree in which it held', () => {
  const { frame } = sides('in: 8h', 'topic: {}', { endColumn: 3 }, { was: 'was 30s', unwritten: true });
  expect(frame).toEqual(['> 1 │ in: 8h', '    │ ^^ was 30s at origin/main, v1.yaml']);
});

test('where the place cannot be framed, the words are left', () => {
  expect(sides('', 'x\nin: 4h', { line: 7 }, { line: 2, was: 'was 4h' })).toEqual({
    frame: [],
    note: 'was 4h at origin/main, v1.yaml:2',
  });
});

test('another file is named with its folder when it is of a folder, and by its name when it is of a tree', () => {
  const note = (path: string) => sides('', '', { line: 7 }, { path }).note;
  expect(note('released/orders/v1.yaml')).toBe('was something at released/orders/v1.yaml:1');
  expect(note('main:contracts/orders/old.schema.json')).toBe(
    'was something at main, contracts/orders/old.schema.json:1',
  );
});
