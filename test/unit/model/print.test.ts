import { expect, test } from 'vitest';
import { ruleLine, studyLines, traceLines } from '../../model/print.ts';
import type { Outcome } from '../../model/search.ts';
import type { Study } from '../../model/study.ts';

const found = { invariant: 'I1', why: '0 is committed as passed, and nobody has it', trace: ['A commits 1', 'A dies'] };
const holds: Outcome = { states: 12_393, steps: 36_718, depth: 30, found: undefined };
const study = { name: 'line', says: 'rows' } as Study;

test('a trace is numbered, and ends with what it came to', () => {
  expect(traceLines(found)).toEqual([
    '  1  A commits 1',
    '  2  A dies',
    '     I1: 0 is committed as passed, and nobody has it',
  ]);
});

test('a model says how much was searched, and what was found', () => {
  expect(studyLines(study, holds, 1.25)).toEqual(['✓ line: rows', '  12,393 states, 36,718 steps, 30 deep, 1.3 s']);
  expect(studyLines(study, { ...holds, found }, 1)).toEqual([
    '✗ line: rows',
    '  12,393 states, 36,718 steps, 30 deep, 1.0 s',
    ...traceLines(found),
  ]);
});

test('a rule says what its absence breaks, and whether that was expected', () => {
  const rule = 'polled'.padEnd(28);
  expect(ruleLine('polled', ['I1', 2], { ...holds, found })).toBe(`  · without ${rule} breaks I1 after 2 steps`);
  expect(ruleLine('polled', ['I1', 3], { ...holds, found })).toBe(`  ✗ without ${rule} breaks I1 after 2 steps`);
  expect(ruleLine('polled', 'nothing', holds)).toBe(`  · without ${rule} breaks nothing at this size`);
});
