import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { baselineTree } from '../../../generator/src/baseline/baseline-tree.ts';
import { gitTree } from '../../../generator/src/baseline/git-tree.ts';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'baseline-')));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Git without the settings of whoever runs the tests. */
function git(cwd: string, ...options: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'init.defaultBranch=main',
    '-c',
    'protocol.file.allow=always',
  ];
  return execFileSync('git', [...identity, ...options], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commit(message: string): void {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', message);
}

function text(tree: FileTree | undefined, file: string): string | undefined {
  const bytes = tree?.read(file);
  return bytes && Buffer.from(bytes).toString('utf8');
}

function failure(result: ReturnType<typeof baselineTree>) {
  const [tree, findings] = result;
  expect(tree).toBeUndefined();
  expect(findings.map(({ rule }) => rule)).toEqual(['contract/baseline-missing']);
  return { message: findings[0]?.message, hint: findings[0]?.hint };
}

test('a ref is read from the objects, and neither index nor working tree is touched', () => {
  git(folder, 'init', '-q');
  const binary = Uint8Array.from([0, 255, 10, 13, 10]);
  write('contracts/orders/v1.yaml', 'version: 1.0.0\n');
  write('contracts/a b/ünï"x.json', '{}');
  write('contracts/empty.yaml', '');
  write('contracts/binary.bin', binary);
  write('contracts/.hidden/x.yaml', 'x');
  write('contracts-old/other.yaml', 'x');
  symlinkSync('orders/v1.yaml', join(folder, 'contracts/link.yaml'));
  symlinkSync('../contracts-old/other.yaml', join(folder, 'contracts/out.yaml'));
  symlinkSync('/etc/passwd', join(folder, 'contracts/passwd.yaml'));
  commit('first');
  git(folder, 'tag', 'v1');
  write('contracts/orders/v1.yaml', 'version: 1.1.0\n');
  write('contracts/new.yaml', 'new\n');
  const before = { status: git(folder, 'status', '--porcelain'), index: readFileSync(join(folder, '.git/index')) };

  const [tree, findings] = gitTree({ repository: folder, ref: 'v1', path: 'contracts' });
  expect(findings).toEqual([]);
  expect(tree?.label).toBe('v1:contracts');
  expect(tree?.list()).toEqual(['a b/ünï"x.json', 'binary.bin', 'empty.yaml', 'link.yaml', 'orders/v1.yaml']);
  expect(text(tree, 'orders/v1.yaml')).toBe('version: 1.0.0\n');
  expect(text(tree, 'link.yaml')).toBe('version: 1.0.0\n');
  expect(text(tree, 'empty.yaml')).toBe('');
  expect(Uint8Array.from(tree?.read('binary.bin') ?? [])).toEqual(binary);
  expect(tree?.read('new.yaml')).toBeUndefined();
  expect([...(tree?.refused?.() ?? [])]).toEqual([
    ['out.yaml', 'leads out of the contracts root'],
    ['passwd.yaml', 'leads out of the contracts root'],
  ]);
  expect({ status: git(folder, 'status', '--porcelain'), index: readFileSync(join(folder, '.git/index')) }).toEqual(
    before,
  );
});

test('a branch, a tag, a commit and HEAD are refs, also from inside of the folder', () => {
  git(folder, 'init', '-q');
  write('team/contracts/a.yaml', 'a');
  commit('first');
  git(folder, 'tag', '-a', 'annotated', '-m', 'x');
  const hash = git(folder, 'rev-parse', 'HEAD').trim();
  for (const ref of ['main', 'annotated', hash, hash.slice(0, 8), 'HEAD', 'refs/heads/main']) {
    const [tree] = baselineTree(ref, join(folder, 'team/contracts'));
    expect(tree?.list(), ref).toEqual(['a.yaml']);
    expect(tree?.label).toBe(`${ref}:team/contracts`);
  }
});

test('the contracts may be the whole repository', () => {
  git(folder, 'init', '-q');
  write('tenet.yaml', 'tenet: 1');
  commit('first');
  expect(baselineTree('main', folder)[0]?.list()).toEqual(['tenet.yaml']);
});

test('a folder that did not exist then is an empty tree', () => {
  git(folder, 'init', '-q');
  write('readme.md', 'x');
  commit('first');
  write('contracts/tenet.yaml', 'tenet: 1');
  expect(baselineTree('main', join(folder, 'contracts'))[0]?.list()).toEqual([]);
});

test('a folder is a baseline', () => {
  write('old/tenet.yaml', 'tenet: 1');
  const [tree] = baselineTree(join(folder, 'old'), join(folder, 'contracts'));
  expect([tree?.label, tree?.list(), text(tree, 'tenet.yaml')]).toEqual([
    join(folder, 'old'),
    ['tenet.yaml'],
    'tenet: 1',
  ]);
});

test('a ref that is not there', () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  expect(failure(baselineTree('origin/main', join(folder, 'contracts')))).toEqual({
    message: 'There is nothing to compare with: there is no commit, branch or tag `origin/main` here.',
    hint: 'Fetch it: `git fetch origin main`.',
  });
});

test.each(['--output=/tmp/x', '-p', ''])('%j is no ref and no option', (ref) => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  expect(failure(gitTree({ repository: folder, ref, path: 'contracts' })).message).toContain(
    'is not the name of a commit',
  );
});

test('a shallow clone that lacks the commit', () => {
  const origin = join(folder, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q');
  for (const round of ['1', '2']) {
    write('origin/contracts/a.yaml', round);
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', round);
  }
  git(folder, 'clone', '-q', '--depth', '1', `file://${origin}`, 'clone');
  const first = git(origin, 'rev-parse', 'HEAD~1').trim();
  expect(failure(baselineTree(first, join(folder, 'clone/contracts')))).toEqual({
    message: `There is nothing to compare with: this clone is shallow and does not have \`${first}\`.`,
    hint: `Fetch it: \`git fetch origin ${first}\`, or name another one. In CI, check out with full history (\`fetch-depth: 0\`).`,
  });
});

test('a repository without a commit', () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  expect(failure(baselineTree('main', join(folder, 'contracts'))).message).toContain('has no commit yet');
});

test('outside of a repository', () => {
  write('contracts/a.yaml', 'a');
  const { message, hint } = failure(baselineTree('main', join(folder, 'contracts')));
  expect(message).toContain('is not inside of a Git repository');
  expect(hint).toContain('--against path/to/old/contracts');
});

test('without Git', () => {
  write('contracts/a.yaml', 'a');
  const path = process.env.PATH;
  process.env.PATH = folder;
  try {
    expect(failure(baselineTree('main', join(folder, 'contracts'))).message).toContain('Git is not installed');
  } finally {
    process.env.PATH = path;
  }
});

test('a folder of contracts that is not there', () => {
  expect(failure(baselineTree('main', join(folder, 'nothing'))).hint).toContain('--contracts DIR');
});

test('an object that is gone', () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  const object = git(folder, 'rev-parse', 'HEAD:contracts/a.yaml').trim();
  rmSync(join(folder, '.git/objects', object.slice(0, 2), object.slice(2)));
  expect(failure(baselineTree('main', join(folder, 'contracts'))).message).toContain('lacks objects');
});
