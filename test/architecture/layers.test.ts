import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cycles, importsOf, readSources, readWorkspaceEntries, violations } from './imports.ts';
import { layers } from './layers.ts';

const root = resolve(import.meta.dirname, '../..');
const entries = readWorkspaceEntries(root);
const sources = readSources(root, ['generator/src', 'runtime/src', 'generated/src']);
const imports = importsOf(sources, entries);

test('no file imports what its layer may not', () => {
  expect(violations(imports)).toEqual([]);
});

test('no files import each other in a circle, type imports included', () => {
  expect(cycles(imports)).toEqual([]);
});

test('every layer of the table exists, and every file of the compiler and the runtime stands in one', () => {
  expect(layers.filter((l) => !existsSync(resolve(root, l.path))).map((l) => l.path)).toEqual([]);
  const homeless = [...sources.keys()].filter(
    (path) => !path.startsWith('generated/') && !layers.some((l) => path === l.path || path.startsWith(`${l.path}/`)),
  );
  expect(homeless).toEqual([]);
});

test('no hand-written file grows past 500 lines', () => {
  const handWritten = [...sources, ...readSources(root, ['test'])].filter(
    ([path]) => !/^generated\/|\/(fixtures|dist)\//.test(path),
  );
  const long = handWritten.filter(([, text]) => text.split('\n').length > 500).map(([path]) => path);
  expect(long).toEqual([]);
});

test('the checker of the account imports nothing that it judges', () => {
  const strangers = importsOf(readSources(root, ['test/account']), entries).filter(
    ({ specifier, target }) =>
      specifier.startsWith('@tenet/') || !(target ?? 'test/account/').startsWith('test/account/'),
  );
  expect(strangers).toEqual([]);
});

test('the model of the protocols imports nothing of the runtime that it judges', () => {
  const outside = importsOf(readSources(root, ['test/model']), entries).filter(
    ({ specifier, target }) => !specifier.startsWith('node:') && !(target ?? '').startsWith('test/model/'),
  );
  expect(outside).toEqual([]);
});

describe('the test itself sees', () => {
  const verdict = (files: Record<string, string>) => {
    const found = importsOf(new Map(Object.entries(files)), entries);
    return [...violations(found), ...cycles(found).map((c) => `cycle ${c.join(' ')}`)];
  };

  test('a type import that climbs a layer', () => {
    expect(verdict({ 'generator/src/model/bad.ts': "import type { DesignRule } from '../checker/rule.ts';" })).toEqual([
      expect.stringMatching(/^generator\/src\/model\/bad\.ts imports \.\.\/checker\/rule\.ts: the model is what rules/),
    ]);
  });

  test('a dynamic import between siblings', () => {
    expect(verdict({ 'generator/src/emitters/bad.ts': "await import('../loader/index.ts');" })).toHaveLength(1);
  });

  test('a package specifier that project references let through', () => {
    expect(verdict({ 'runtime/src/bad.ts': "import { x } from '@tenet/generator/schema';" })).toHaveLength(1);
  });

  test('a driver outside its adapter', () => {
    expect(verdict({ 'runtime/src/consumer/bad.ts': "import { Kafka } from 'kafkajs';" })).not.toEqual([]);
  });

  test('a disk in a pure layer', () => {
    expect(verdict({ 'generator/src/model/bad.ts': "import { readFileSync } from 'node:fs';" })).toHaveLength(1);
  });

  test('a circle of two', () => {
    expect(
      verdict({
        'runtime/src/validation/a.ts': "import './b.ts';",
        'runtime/src/validation/b.ts': "import './a.ts';",
      }),
    ).toEqual(['cycle runtime/src/validation/a.ts runtime/src/validation/b.ts']);
  });
});
