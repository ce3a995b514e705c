/** What the README shows is what a reader would see. `UPDATE=1` rewrites the blocked pull request in it. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tenet } from '../../demo/commands.ts';
import { breakingPullRequest } from '../../demo/pull-request.ts';
import { blockUnder, compile, foldersParent, readPage, root } from './code-blocks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenet-readme-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('its contract is in order', () => {
  const contract = blockUnder(readPage('README.md'), 'A contract', 'yaml');
  for (const shared of ['tenet.yaml', 'owners.yaml', 'orders/order-placed/v1.schema.json']) {
    cpSync(join(root, 'contracts', shared), join(folder, 'contracts', shared));
  }
  writeFileSync(join(folder, 'contracts/orders/order-placed/v1.yaml'), contract);
  const { code, output } = tenet(['check'], { cwd: folder, colour: false });
  expect({ code, output: output.replace(/ · .*/, '') }).toEqual({ code: 0, output: 'no findings in 1 contract\n' });
});

test('its service compiles against the generated package', () => {
  const service = blockUnder(readPage('README.md'), 'A contract', 'ts');
  const place = mkdtempSync(join(foldersParent(), 'readme-'));
  const given = "import type { Pool } from 'pg';\ndeclare const brokers: string[];\ndeclare const pool: Pool;\n";
  writeFileSync(join(place, 'service.ts'), given + service);
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  try {
    compile(place, { noEmit: true }, ['service.ts']);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}, 60_000);

test('its blocked pull request is what the command prints', () => {
  const pullRequest = breakingPullRequest(join(root, 'contracts'));
  const { code, output } = tenet(['check', '--against', 'HEAD'], { cwd: pullRequest.folder, colour: false });
  pullRequest.remove();
  const screen = `$ tenet check --against HEAD\n${output.replace(/ · [\d.]+ s\n$/, ' · 0.3 s\n')}`;
  const marked = /(<!-- demo:blocked -->\n```\n)([\s\S]*?)(```\n<!-- \/demo:blocked -->)/;
  const page = readPage('README.md');
  if (process.env.UPDATE === '1') {
    writeFileSync(
      join(root, 'README.md'),
      page.replace(marked, (_, open, _shown, close) => open + screen + close),
    );
  } else {
    expect(marked.exec(page)?.[2]).toBe(screen);
  }
  expect(code).toBe(100);
});

test('every page and picture that a page links to exists', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/ARCHITECTURE.md',
    'docs/ci.md',
    'docs/cli.md',
    'docs/extending.md',
    'docs/getting-started.md',
    'docs/kafka.md',
  ];
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(dead).toEqual([]);
});
