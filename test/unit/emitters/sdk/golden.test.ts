/**
 * Every folder of test/fixtures/emit/sdk: its contracts give exactly its `expected` files. `UPDATE=1` writes them anew;
 * the reviewer reads that difference. Validators have goldens of their own, so their code is cut out here.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderTree } from '../../../../generator/src/baseline/folder-tree.ts';
import { sdk } from '../../../../generator/src/emitters/sdk/sdk.emitter.ts';
import { loadContracts } from '../../../../generator/src/loader/load-contracts.ts';
import type { OutputFile } from '../../../../generator/src/output/output-file.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/emit/sdk');

async function emit(contracts: string): Promise<readonly OutputFile[]> {
  const [set, findings] = await loadContracts(folderTree(contracts, 'contracts'));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (set === undefined) throw new Error('The contracts of the case could not be read.');
  return sdk.emit(set);
}

function withoutValidators(text: string): string {
  return text.replace(/\n(const|function) \$(?!event|validators)[\s\S]*?(?=\nconst \$validators)/, '\n// …\n');
}

for (const name of readdirSync(fixtures).sort()) {
  test(name, async () => {
    const files = await emit(join(fixtures, name, 'contracts'));
    const expected = join(fixtures, name, 'expected');
    const actual = new Map(files.map(({ path, text }) => [path, withoutValidators(text)]));
    if (process.env.UPDATE === '1') {
      rmSync(expected, { recursive: true, force: true });
      for (const [path, text] of actual) {
        mkdirSync(dirname(join(expected, path)), { recursive: true });
        writeFileSync(join(expected, path), text);
      }
    }
    const entries = readdirSync(expected, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(expected.length + 1)).sort();
    expect([...actual.keys()].sort()).toEqual(paths);
    for (const path of paths) expect(actual.get(path), path).toBe(readFileSync(join(expected, path), 'utf8'));
  });
}
