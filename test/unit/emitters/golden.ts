// Compares an emitter's files with a folder, whole: a file too many is as wrong as a byte. UPDATE=1 rewrites it.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Emitter } from '../../../generator/src/emitters/emitter.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';

const root = fileURLToPath(new URL('../../fixtures/emit', import.meta.url));

export async function filesOf(emitter: Emitter, set: ContractSet): Promise<Record<string, string>> {
  const files = await emitter.emit(set);
  const byPath = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  expect(Object.keys(byPath)).toHaveLength(files.length);
  return byPath;
}

function read(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

export async function expectGolden(emitter: Emitter, name: string, set: ContractSet): Promise<void> {
  const files = await filesOf(emitter, set);
  const folder = join(root, emitter.name, name);
  if (process.env.UPDATE === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  expect(files).toEqual(read(folder));
}
