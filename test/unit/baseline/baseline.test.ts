import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FoundBaseline } from '../../../generator/src/baseline/baseline.ts';
import { findBaseline } from '../../../generator/src/baseline/baseline-tree.ts';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';
import { gitAt } from './a-main-line.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'baseline-')));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const git = (cwd: string, ...options: readonly string[]) => gitAt(undefined, cwd, ...options);

async function treeAt(spec: string, contracts = join(folder, 'contracts')): Promise<FileTree | undefined> {
  const [baseline] = await findBaseline(spec, contracts);
  return baseline?.tree;
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

async function failure(found: Promise<FoundBaseline>) {
  const [baseline, findings] = await found;
  expect(baseline).toBeUndefined();
  expect(findings.map(({ rule }) => rule)).toEqual(['contract/baseline-missing']);
  return { message: findings[0]?.message, hint: findings[0]?.hint };
}

test('a ref is read from the objects, and neither index nor working tree is touched', async () => {
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

  const tree = await treeAt('v1');
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

test('a branch, a tag, a commit and HEAD are refs, also from inside of the folder', async () => {
  git(folder, 'init', '-q');
  write('team/contracts/a.yaml', 'a');
  commit('first');
  git(folder, 'tag', '-a', 'annotated', '-m', 'x');
  const hash = git(folder, 'rev-parse', 'HEAD').trim();
  for (const ref of ['main', 'annotated', hash, hash.slice(0, 8), 'HEAD', 'refs/heads/main']) {
    const tree = await treeAt(ref, join(folder, 'team/contracts'));
    expect(tree?.list(), ref).toEqual(['a.yaml']);
    expect(tree?.label).toBe(`${ref}:team/contracts`);
  }
});

test('the contracts may be the whole repository', async () => {
  git(folder, 'init', '-q');
  write('tenet.yaml', 'tenet: 1');
  commit('first');
  expect((await treeAt('main', folder))?.list()).toEqual(['tenet.yaml']);
});

test('a folder that did not exist then is an empty tree', async () => {
  git(folder, 'init', '-q');
  write('readme.md', 'x');
  commit('first');
  write('contracts/tenet.yaml', 'tenet: 1');
  expect((await treeAt('main', join(folder, 'contracts')))?.list()).toEqual([]);
});

test('a folder is a baseline', async () => {
  write('old/tenet.yaml', 'tenet: 1');
  const tree = await treeAt(join(folder, 'old'), join(folder, 'contracts'));
  expect([tree?.label, tree?.list(), text(tree, 'tenet.yaml')]).toEqual([
    join(folder, 'old'),
    ['tenet.yaml'],
    'tenet: 1',
  ]);
});

test('a ref that is not there', async () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  expect(await failure(findBaseline('origin/main', join(folder, 'contracts')))).toEqual({
    message: 'There is nothing to compare with: there is no commit, branch or tag `origin/main` here.',
    hint: 'Fetch it: `git fetch origin main`.',
  });
});

test.each(['--output=/tmp/x', '-p', ''])('%j is no ref and no option', async (ref) => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  expect((await failure(findBaseline(ref, join(folder, 'contracts')))).message).toContain(
    'is not the name of a commit',
  );
});

test('a shallow clone that lacks the commit', async () => {
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
  expect(await failure(findBaseline(first, join(folder, 'clone/contracts')))).toEqual({
    message: `There is nothing to compare with: this clone is shallow and does not have \`${first}\`.`,
    hint: `Fetch it: \`git fetch --depth 1 origin ${first}\`. Fetch the whole history: \`git fetch --unshallow\`; in CI \`fetch-depth: 0\`.`,
  });
  // What is proposed works.
  git(join(folder, 'clone'), 'fetch', '--depth', '1', 'origin', first);
  expect((await treeAt(first, join(folder, 'clone/contracts')))?.list()).toEqual(['a.yaml']);
  git(origin, 'branch', 'feature/x', 'HEAD~1');
  expect((await failure(findBaseline('origin/feature/x', join(folder, 'clone/contracts')))).hint).toContain(
    '`git fetch --depth 1 origin feature/x:refs/remotes/origin/feature/x`',
  );
});

test('a branch that only the remote has is named as the remote has it', async () => {
  const origin = join(folder, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q');
  write('origin/contracts/a.yaml', '1');
  git(origin, 'add', '-A');
  git(origin, 'commit', '-q', '-m', 'first');
  git(origin, 'branch', 'feature/x');
  git(folder, 'clone', '-q', '--origin', 'upstream', origin, 'clone');
  const contracts = join(folder, 'clone/contracts');
  expect(await failure(findBaseline('feature/x', contracts))).toEqual({
    message: 'There is nothing to compare with: there is no local branch `feature/x`.',
    hint: 'The remote has one: `--against upstream/feature/x`.',
  });
  expect((await failure(findBaseline('upstream/gone/y', contracts))).hint).toBe(
    'Fetch it: `git fetch upstream gone/y`.',
  );
  expect((await failure(findBaseline('gone/y', contracts))).hint).toBe('Fetch it: `git fetch upstream gone/y`.');
});

test.each(['HEAD~7', 'a b', '$(x)', '@{u}', 'a..b', 'HEAD:contracts'])('%s is put into no command', async (ref) => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  expect((await failure(findBaseline(ref, join(folder, 'contracts')))).hint).toBe(
    'Name a branch, a tag or a commit: `--against origin/main`.',
  );
});

/** Runs with variables set as a hook of Git, or the user, sets them. */
async function within(variables: Record<string, string>, act: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await act();
  } finally {
    process.env = before;
  }
}

test('variables of another repository, as hooks have them, change nothing', async () => {
  git(folder, 'init', '-q');
  write('contracts/tenet.yaml', 'tenet: 1');
  commit('first');
  for (const directory of ['.git', join(folder, 'elsewhere')]) {
    await within({ GIT_DIR: directory, GIT_WORK_TREE: '.', GIT_INDEX_FILE: '.git/index', GIT_PREFIX: 'x/' }, async () =>
      expect((await treeAt('main', join(folder, 'contracts')))?.list()).toEqual(['tenet.yaml']),
    );
  }
});

test('a repository that Git does not trust', async () => {
  git(folder, 'init', '-q');
  write('contracts/tenet.yaml', 'tenet: 1');
  commit('first');
  await within({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1', GIT_CONFIG_GLOBAL: '/dev/null' }, async () => {
    const { message, hint } = await failure(findBaseline('main', join(folder, 'contracts')));
    expect(message).toContain('its files belong to somebody else');
    expect(hint).toContain('safe.directory');
  });
});

test('a folder that was renamed is compared with what it was', async () => {
  git(folder, 'init', '-q');
  write('team/old/tenet.yaml', 'tenet: 1');
  write('team/old/owners.yaml', 'tenet: 1');
  write('example/tenet.yaml', 'tenet: 1');
  write('example/owners.yaml', 'tenet: 1');
  commit('first');
  git(folder, 'mv', 'team/old', 'team/new');
  const tree = await treeAt('main', join(folder, 'team/new'));
  expect([tree?.label, tree?.list()]).toEqual(['main:team/old', ['owners.yaml', 'tenet.yaml']]);
});

test.each([':(glob)*', 'a[b]*', 'ünï cödé', "qu'ote"])('a folder may be called %s', async (name) => {
  git(folder, 'init', '-q');
  write(`${name}/tenet.yaml`, 'tenet: 1');
  commit('first');
  expect((await treeAt('main', join(folder, name)))?.list()).toEqual(['tenet.yaml']);
});

test('contracts of a submodule are not taken for contracts that were not there', async () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  git(inner, 'init', '-q');
  write('inner/v1.yaml', 'x');
  git(inner, 'add', '-A');
  git(inner, 'commit', '-q', '-m', 'first');
  const outer = join(folder, 'outer');
  mkdirSync(outer);
  git(outer, 'init', '-q');
  write('outer/contracts/tenet.yaml', 'tenet: 1');
  git(outer, 'submodule', '--quiet', 'add', inner, 'contracts/orders');
  git(outer, 'add', '-A');
  git(outer, 'commit', '-q', '-m', 'first');
  expect((await failure(findBaseline('main', join(outer, 'contracts')))).message).toBe(
    'There is nothing to compare with: `contracts/orders` is a submodule at `main`, and its files are in another repository.',
  );
});

test('a folder without a workspace is no baseline, in which everything would be new', async () => {
  write('release/contracts/tenet.yaml', 'tenet: 1');
  write('contracts/tenet.yaml', 'tenet: 1');
  const release = join(folder, 'release');
  expect((await failure(findBaseline(release, join(folder, 'contracts')))).hint).toBe(
    `Did you mean \`--against ${join(release, 'contracts')}\`?`,
  );
});

test('a repository without a commit', async () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  expect((await failure(findBaseline('main', join(folder, 'contracts')))).message).toContain('has no commit yet');
});

test('outside of a repository', async () => {
  write('contracts/a.yaml', 'a');
  const { message, hint } = await failure(findBaseline('main', join(folder, 'contracts')));
  expect(message).toContain('is not inside of a Git repository');
  expect(hint).toContain('--against path/to/old/contracts');
});

test('without Git', async () => {
  write('contracts/a.yaml', 'a');
  const path = process.env.PATH;
  process.env.PATH = folder;
  try {
    expect((await failure(findBaseline('main', join(folder, 'contracts')))).message).toContain('Git is not installed');
  } finally {
    process.env.PATH = path;
  }
});

test('a folder of contracts that is not there', async () => {
  expect((await failure(findBaseline('main', join(folder, 'nothing')))).hint).toContain('--contracts DIR');
});

test('an object that is gone', async () => {
  git(folder, 'init', '-q');
  write('contracts/a.yaml', 'a');
  commit('first');
  const object = git(folder, 'rev-parse', 'HEAD:contracts/a.yaml').trim();
  rmSync(join(folder, '.git/objects', object.slice(0, 2), object.slice(2)));
  expect((await failure(findBaseline('main', join(folder, 'contracts')))).message).toContain('lacks objects');
});
