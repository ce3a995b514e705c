/** The page's code compiles as a reader would write it, and its table of options is complete. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile, filesIn, foldersParent, readPage, root, writeFiles } from './code-blocks.ts';

const page = readPage('docs/kafka.md');

test('its code compiles', () => {
  const folder = mkdtempSync(join(foldersParent(), 'kafka-'));
  try {
    writeFiles(folder, filesIn(page));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    compile(folder, { noEmit: true, customConditions: ['tenet-source'], allowImportingTsExtensions: true }, ['*.ts']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test('its table has every option that an adapter takes', () => {
  const sources = ['kafka/options.ts', 'platformatic/kafka.ts'].map((path) =>
    readFileSync(join(root, 'runtime/src/broker', path), 'utf8'),
  );
  const options = sources.flatMap((source) => {
    const [, body = ''] = /export interface \w*Options[^{]*\{([\s\S]*?)\n\}/.exec(source) ?? [];
    return [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name]) => name);
  });
  const documented = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(documented).toEqual(options);
});
