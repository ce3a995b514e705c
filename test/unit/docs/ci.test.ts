/** Every command of the page is run on a pull request that breaks something, and has to write what its tools read. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { formats } from '../../../generator/src/cli/outputs.ts';
import { aRepository, edit, git } from '../cli/a-workspace.ts';
import { readPage, root } from './code-blocks.ts';

const page = readPage('docs/ci.md');
const blocks = [...page.matchAll(/```(yaml|groovy)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

/** What tools are told to read: `sarif_file: x`, `codequality: x`, `junit 'x'`, `--body-file x`. */
const readFiles = /(?:sarif_file: |codequality: |junit: |junit '|--body-file )([\w.-]+)/g;

function brokenPullRequest(): string {
  const folder = aRepository();
  git(folder, 'update-ref', 'refs/remotes/origin/main', 'main');
  edit(folder, 'contracts/orders/order-placed/v1.yaml', 'ordering: per-key', 'ordering: none');
  return folder;
}

test.each(blocks)('a recipe in $language', ({ text }) => {
  const commands = [...text.matchAll(/npx (tenet [^\n']+)/g)].map(([, command = '']) => command);
  expect(commands).toHaveLength(1);
  const folder = brokenPullRequest();
  const main = join(root, 'generator/src/cli/main.ts');
  const script = `tenet() { "${process.execPath}" --conditions=tenet-source "${main}" "$@"; }\n${commands[0]}`;
  const { status, stderr } = spawnSync('sh', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH, GITHUB_BASE_REF: 'main', CI_MERGE_REQUEST_DIFF_BASE_SHA: 'HEAD' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 100, stderr: '' });
  const read = [...text.matchAll(readFiles)].map(([, file = '']) => file);
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});

test('the recipes are YAML, and clone the history', () => {
  const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => parse(text));
  expect(yaml).toMatchObject([
    { jobs: { check: { steps: [{ with: { 'fetch-depth': 0 } }, {}, {}, {}, {}, {}] } } },
    { contracts: { variables: { GIT_DEPTH: 0 }, artifacts: { when: 'always' } } },
  ]);
});

test('every format is in the table of the command line, and in a recipe where a service reads it', () => {
  const section = readPage('docs/cli.md').split('\n## Formats\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]+ \|$/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual([...formats].sort());
  const used = new Set([...page.matchAll(/--format (\w+)/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual(formats.filter((name) => name !== 'text' && name !== 'json').sort());
});
