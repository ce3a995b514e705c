import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArguments, usage } from '../../fuzz/arguments.ts';
import { readSchemas } from '../../fuzz/schemas/read-schemas.ts';

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

test('schemas are read from a folder, from one file, and from lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-fuzz-'));
  try {
    writeFileSync(join(folder, 'b.json'), '{"type":"string"}');
    writeFileSync(join(folder, 'a.json'), '{"type":"null"}');
    writeFileSync(join(folder, 'lines.jsonl'), '{"old":{"minimum":1},"new":{"minimum":2}}\n\n{"maximum":3}\n');
    expect(readSchemas(folder)).toEqual([{ type: 'null' }, { type: 'string' }]);
    expect(readSchemas(join(folder, 'b.json'))).toEqual([{ type: 'string' }]);
    expect(readSchemas(join(folder, 'lines.jsonl'))).toEqual([{ minimum: 1 }, { minimum: 2 }, { maximum: 3 }]);
    writeFileSync(join(folder, 'lines.jsonl'), '{}\nno\n');
    expect(() => readSchemas(join(folder, 'lines.jsonl'))).toThrow('lines.jsonl, line 2 is no JSON.');
    expect(() => readSchemas(join(folder, 'none'))).toThrow(/none': there is no such file or folder\.$/);
    mkdirSync(join(folder, 'empty'));
    expect(() => readSchemas(join(folder, 'empty'))).toThrow(/empty' holds no schema\.$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the help fits a terminal', () => {
  expect(Math.max(...usage.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
