import { expect, test } from 'vitest';
import { readArguments, usage } from '../../fuzz/arguments.ts';

test('without arguments the whole campaign runs', () => {
  expect(readArguments([])).toEqual({
    help: false,
    seed: 1,
    pairs: 1_000_000,
    dialects: ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'],
    relations: ['inclusion', 'events'],
    out: '.fuzz',
  });
});

test('every option is read', () => {
  const args = ['--seed', '7', '--pairs=50', '--pair', '4711', '--dialect', 'draft-07', '--dialect', 'draft-04'];
  expect(readArguments([...args, '--relation', 'events', '--schemas', 'mine', '--out', 'there'])).toEqual({
    help: false,
    seed: 7,
    pairs: 50,
    pair: 4711,
    dialects: ['draft-07', 'draft-04'],
    relations: ['events'],
    schemas: 'mine',
    out: 'there',
  });
});

test('a wrong command line is said in a sentence', () => {
  const message = (...args: string[]): string => {
    try {
      readArguments(args);
      return 'nothing';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  expect(message('--pairs', 'many')).toBe("--pairs takes a whole number, not 'many'.");
  expect(message('--seed', '-1')).toMatch(/--seed/);
  expect(message('--dialect', 'draft-03')).toBe(
    "--dialect takes one of draft-04, draft-06, draft-07, 2019-09, 2020-12, not 'draft-03'.",
  );
  expect(message('--relation', 'both')).toBe("--relation takes one of inclusion, events, not 'both'.");
  expect(message('--turbo')).toMatch(/Unknown option '--turbo'/);
});

test('the help fits a terminal', () => {
  expect(Math.max(...usage.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});
