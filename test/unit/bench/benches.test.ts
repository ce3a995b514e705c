import { expect, test } from 'vitest';
import type { BenchResult } from '../../bench/bench.ts';
import { checkBench } from '../../bench/check/check.bench.ts';
import { gateBench, scoreOf } from '../../bench/gate/gate.bench.ts';
import { resultsPage } from '../../bench/results-page.ts';
import { startBench } from '../../bench/start/start.bench.ts';
import { median, quantile } from '../../bench/statistics.ts';
import { threeDigits } from '../../bench/table.ts';

/** Each bench in a tiny size, so that it still runs when somebody needs it. What it measures is nobody's business here. */
const silent = (): void => {};
/** Milliseconds; they start a dozen processes, and the machine may be busy. */
const patient = { timeout: 180_000 };

const firstColumn = ({ tables }: BenchResult): (string | undefined)[] =>
  tables.flatMap(({ table }) => table.rows.map(([first]) => first));

test('the gate asks Tenet and its peers, and Tenet is right', patient, async () => {
  const result = await gateBench({ questions: [], histories: [], every: 151 }, silent);
  expect(firstColumn(result)).toEqual([
    'tenet',
    'tenet schema compare --batch',
    'json-schema-diff 1.0.0',
    'jsoncompat 0.4.2',
  ]);
  const { questions, judged } = result.data as { questions: number; judged: ReturnType<typeof scoreOf>[] };
  expect(judged.map(({ contender, right }) => [contender, right]).slice(0, 2)).toEqual([
    ['tenet', questions],
    ['tenet schema compare --batch', questions],
  ]);
  for (const { right, falsePass, falseBlock, unknown, error } of judged) {
    expect(right + falsePass + falseBlock + unknown + error).toBe(questions);
  }
});

test('a check of a made-up workspace finds what was changed in it', patient, async () => {
  const result = await checkBench({ contracts: [5], changed: 4, runs: 1 }, silent);
  expect(firstColumn(result)).toEqual([
    'check --against HEAD',
    'check',
    'limit: read and parse',
    'git diff --stat HEAD',
  ]);
});

test('the command line starts', patient, async () => {
  expect(firstColumn(await startBench({ runs: 1 }, silent))).toEqual([
    'tenet --version',
    'tenet --help',
    'limit: node, an empty file',
  ]);
});

test('answers are counted by what they should have been', () => {
  const question = (compatible: boolean) => ({ id: '', dialect: '2020-12' as const, old: {}, new: {}, compatible });
  const answer = (verdict: 'compatible' | 'incompatible' | 'unknown' | 'error', milliseconds: number) => ({
    verdict,
    micros: 0,
    milliseconds,
  });
  const asked = [true, true, false, false, true, false].map(question);
  const answers = [
    answer('compatible', 1),
    answer('incompatible', 2),
    answer('compatible', 3),
    answer('incompatible', 4),
    answer('unknown', 5),
    answer('error', 60),
  ];
  expect(scoreOf({ name: 'x' }, asked, answers)).toEqual({
    contender: 'x',
    right: 2,
    falsePass: 1,
    falseBlock: 1,
    unknown: 1,
    error: 1,
    compatible: 2,
    incompatible: 2,
    medianMs: 3,
    p99Ms: 60,
  });
});

test('the middle of a few values, and their tail', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), quantile([1, 2, 3, 4], 0.99)]).toEqual([2, 2, 4]);
  expect([0.01234, 1.2345, 12.345, 123.45, 12345].map(threeDigits)).toEqual(['0.0123', '1.23', '12.3', '123', '12345']);
});

test('the page of results', () => {
  const result: BenchResult = {
    name: 'start',
    title: 'Start',
    about: ['From start to end.'],
    tables: [{ caption: 'All', table: { headings: ['what', 'ms'], rows: [['tenet', '50']] } }],
    data: {},
  };
  const machine = { cores: 2, processor: 'A processor', memoryGibibytes: 8, node: 'v24.0.0', system: 'linux' };
  expect(resultsPage([result], machine)).toBe(`# Benchmarks

Written by \`npm run bench -- --write\`; the benches are in \`test/bench\`, and none of them gates a test. Numbers of one
table come from one run on one machine and compare with one another, not with those of another day.

Measured on 2 cores (A processor), 8 GiB of memory, Node v24.0.0, linux.

## Start

From start to end.

**All**

| what  |  ms |
| ----- | --: |
| tenet |  50 |
`);
});
