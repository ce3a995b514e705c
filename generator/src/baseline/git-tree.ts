import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { FileTree } from '../model/file-tree.ts';

/**
 * A folder as it was at a Git ref, read from the object store: nothing is checked out, no index and no working file
 * is touched, and no hook or filter runs.
 */
export interface GitSource {
  /** A folder inside of the repository. */
  readonly repository: string;
  /** A commit, branch or tag. */
  readonly ref: string;
  /** The contracts folder, relative to the repository's root, `/` separated; '' is the root. */
  readonly path: string;
}

export type BaselineResult =
  | readonly [tree: FileTree, findings: readonly []]
  | readonly [tree: undefined, findings: readonly Finding[]];

const mostOutput = 1024 * 1024 * 1024;
/** One object is cut here; the loader refuses it long before. */
const mostBytes = 2 * 1024 * 1024;

const nameOne = 'Name a branch, a tag or a commit: `--against origin/main`.';
const refetch = 'A partial or damaged clone: fetch what is missing with `git fetch --refetch`.';

interface Entry {
  readonly file: string;
  readonly mode: string;
  readonly object: string;
}

/** A folder that did not exist then is an empty tree. */
export function gitTree(source: GitSource): BaselineResult {
  const { repository, ref, path } = source;
  const label = path === '' ? `${ref}:.` : `${ref}:${path}`;
  // A ref that begins with a dash would be read as an option.
  if (ref === '' || ref.startsWith('-')) return failed(source, `${quote(ref)} is not the name of a commit`, nameOne);
  const top = git(repository, ['rev-parse', '--show-toplevel']);
  if (top.missing)
    return failed(
      source,
      'Git is not installed, or not on the path',
      'Install Git, or compare with a folder: `--against path/to/old/contracts`.',
    );
  if (top.status !== 0) return failed(source, ...noRepository(repository, top.error));
  const commit = git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit.status !== 0) return failed(source, ...missingRef(repository, ref));
  const hash = commit.text().trim();
  const [listed, problem] = listingOf(source, hash);
  if (listed === undefined) return failed(source, ...problem);
  const folder = listed.length > 0 || path === '' ? path : formerPlace(repository, hash);
  if (folder !== undefined && folder !== path) return gitTree({ ...source, path: folder });
  const entries = entriesBelow(path, listed);
  const contents = readObjects(repository, entries);
  if (contents === undefined) {
    return failed(source, `the clone lacks objects of ${quote(ref)}`, refetch);
  }
  return [treeOf(label, entries, contents), []];
}

function treeOf(label: string, entries: readonly Entry[], contents: ReadonlyMap<string, Uint8Array>): FileTree {
  const regular = new Map<string, string>();
  for (const { file, mode, object } of entries) if (mode.startsWith('100')) regular.set(file, object);
  const refused = new Map<string, string>();
  for (const { file, mode, object } of entries) {
    if (mode !== '120000') continue;
    const link = Buffer.from(contents.get(object) ?? []).toString('utf8');
    const target = posix.normalize(posix.join(posix.dirname(file), link));
    const found = link.startsWith('/') ? undefined : regular.get(target);
    if (found !== undefined) regular.set(file, found);
    else
      refused.set(
        file,
        link.startsWith('/') || target.startsWith('..')
          ? 'leads out of the contracts root'
          : 'leads to something that is not a file',
      );
  }
  const names = [...regular.keys()].sort((a, b) => (a < b ? -1 : 1));
  return {
    label,
    list: () => names,
    read: (file) => contents.get(regular.get(file) ?? '')?.subarray(0, mostBytes),
    refused: () => refused,
  };
}

type Problem = readonly [problem: string, hint: string];

/** `<mode> <type> <object>\t<path>` for every file below the folder, or why they cannot be listed. */
function listingOf({ repository, ref, path }: GitSource, hash: string): [string[], undefined] | [undefined, Problem] {
  const below = path === '' ? [] : ['--', `${path}/`];
  const listing = git(repository, ['ls-tree', '-r', '-z', '--full-tree', hash, ...below]);
  if (listing.status !== 0) {
    const said = firstLine(listing.error);
    return [undefined, [`the files of ${quote(ref)} could not be listed: ${said}`, refetch]];
  }
  const lines = listing.text().split('\0').filter(Boolean);
  const submodule = lines.find((line) => line.startsWith('160000 '));
  if (submodule === undefined) return [lines, undefined];
  return [
    undefined,
    [
      `${quote(submodule.slice(submodule.indexOf('\t') + 1))} is a submodule at ${quote(ref)}, and its files are in another repository`,
      'Compare with a folder in which it is checked out: `--against path/to/old/contracts`.',
    ],
  ];
}

/**
 * Where the contracts were, when their folder had another name then: the one workspace of that time that is gone from
 * the working tree. Without this a renamed folder would be compared with nothing, and pass.
 */
function formerPlace(repository: string, hash: string): string | undefined {
  const root = repositoryRoot(repository);
  const names = git(repository, ['ls-tree', '-r', '-z', '--full-tree', '--name-only', hash]).text().split('\0');
  const gone = names
    .filter(
      (name) => posix.basename(name) === 'tenet.yaml' && names.includes(posix.join(posix.dirname(name), 'owners.yaml')),
    )
    .filter((name) => root !== undefined && !existsSync(join(root, name)));
  const [only] = gone;
  return gone.length === 1 && only !== undefined && only !== 'tenet.yaml' ? posix.dirname(only) : undefined;
}

/** Hidden files and `node_modules` are not part of a workspace. */
function entriesBelow(folder: string, lines: readonly string[]): Entry[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries: Entry[] = [];
  for (const line of lines) {
    const match = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    const [, mode, object, path] = match ?? [];
    if (mode === undefined || object === undefined || path?.startsWith(prefix) !== true) continue;
    const file = path.slice(prefix.length);
    if (file.split('/').some((part) => part.startsWith('.') || part === 'node_modules')) continue;
    entries.push({ file, mode, object });
  }
  return entries;
}

/** All objects through one process: `<object> <type> <size>\n<bytes>\n` for each. Undefined when one is missing. */
function readObjects(repository: string, entries: readonly Entry[]): ReadonlyMap<string, Uint8Array> | undefined {
  const contents = new Map<string, Uint8Array>();
  const objects = [...new Set(entries.map(({ object }) => object))];
  if (objects.length === 0) return contents;
  const batch = git(repository, ['cat-file', '--batch'], `${objects.join('\n')}\n`);
  if (batch.status !== 0) return undefined;
  const { output } = batch;
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const match = /^([0-9a-f]+) \w+ (\d+)$/.exec(output.subarray(at, end).toString('latin1'));
    const [, object, size] = match ?? [];
    if (end < 0 || object === undefined || size === undefined) return undefined;
    contents.set(object, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}

interface Answer {
  readonly status: number | null;
  readonly missing: boolean;
  readonly output: Buffer;
  readonly error: string;
  text(): string;
}

/** Never a shell, never a prompt, never a fetch behind our back, and the words of Git in English. */
function git(folder: string, options: readonly string[], input?: string): Answer {
  const run = spawnSync('git', ['-C', folder, '-c', 'core.quotePath=false', ...options], {
    maxBuffer: mostOutput,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: gitEnvironment(process.env),
    ...(input === undefined ? {} : { input }),
  });
  const isMissing = run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT';
  // Without Git there is no output at all, whatever the types say.
  const output: Buffer | null = run.stdout;
  const error: Buffer | null = run.stderr;
  return {
    status: run.status,
    missing: isMissing,
    output: output ?? Buffer.alloc(0),
    error: error?.toString('utf8') ?? '',
    text: () => output?.toString('utf8') ?? '',
  };
}

/**
 * The repository is the one that the folder is in, also below a hook of another one, whose variables would win over
 * the folder. Names of files are names and no patterns.
 */
function gitEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _directory,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: _index,
    GIT_PREFIX: _prefix,
    GIT_COMMON_DIR: _common,
    GIT_NAMESPACE: _namespace,
    ...rest
  } = own;
  return {
    ...rest,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
  };
}

/** The working tree that a folder is in, its links followed; undefined outside of one or without Git. */
export function repositoryRoot(folder: string): string | undefined {
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  return top.status === 0 ? top.text().replace(/\n$/, '') : undefined;
}

function noRepository(folder: string, said: string): Problem {
  if (/dubious ownership/.test(said)) {
    return [
      `Git refuses the repository of ${quote(folder)}: its files belong to somebody else`,
      'In a container that is usual: `git config --global --add safe.directory "$PWD"`.',
    ];
  }
  if (!/not a git repository/.test(said)) {
    return [
      `Git cannot use the repository of ${quote(folder)}: ${firstLine(said).replace(/^fatal: /, '')}`,
      'Run `git status` there: it says the same.',
    ];
  }
  return [
    `${quote(folder)} is not inside of a Git repository`,
    'Run it in a clone, or compare with a folder: `--against path/to/old/contracts`.',
  ];
}

function missingRef(repository: string, ref: string): Problem {
  // `rev-parse` believes a full hash unseen.
  const has = (name: string): boolean =>
    !name.startsWith('-') && git(repository, ['cat-file', '-e', name]).status === 0;
  if (has(ref)) return [`${quote(ref)} is no commit`, nameOne];
  if (!has('HEAD'))
    return [
      `there is no ${quote(ref)}: the repository has no commit yet`,
      'Commit the contracts first; there is nothing to compare with.',
    ];
  const isShallow = git(repository, ['rev-parse', '--is-shallow-repository']).text().trim() === 'true';
  const problem = isShallow
    ? `this clone is shallow and does not have ${quote(ref)}`
    : `there is no commit, branch or tag ${quote(ref)} here`;
  const history = 'Fetch the whole history: `git fetch --unshallow`; in CI `fetch-depth: 0`.';
  // What is put into a command has to be a name that can be fetched, and pasted into a shell.
  if (!/^\w[\w./-]*$/.test(ref) || ref.includes('..')) return [problem, isShallow ? history : nameOne];
  const written = git(repository, ['remote']).text().split('\n').filter(Boolean);
  const remotes = written.length > 0 ? written : ['origin'];
  const onRemote = remotes.map((remote) => `${remote}/${ref}`).find((name) => has(`refs/remotes/${name}`));
  if (onRemote !== undefined)
    return [`there is no local branch ${quote(ref)}`, `The remote has one: \`--against ${onRemote}\`.`];
  const named = remotes.find((name) => ref.startsWith(`${name}/`));
  const remote = named ?? remotes[0] ?? 'origin';
  const branch = named === undefined ? ref : ref.slice(named.length + 1);
  if (!isShallow) return [problem, `Fetch it: \`git fetch ${remote} ${branch}\`.`];
  const kept = /^[0-9a-f]{7,64}$/.test(branch) ? branch : `${branch}:refs/remotes/${remote}/${branch}`;
  const fetch = `git fetch --depth 1 ${remote} ${kept}`;
  return [problem, `Fetch it: \`${fetch}\`. ${history}`];
}

function failed({ ref, repository }: GitSource, problem: string, hint: string): BaselineResult {
  return [undefined, [baselineFinding(ref, repository, problem, hint)]];
}

/** The place of these findings is the folder that was asked: no file of it is wrong. */
export function baselineFinding(spec: string, folder: string, problem: string, hint: string): Finding {
  const at = { path: folder, line: 1, column: 1 };
  return contractFinding('contract/baseline-missing', { problem }, { at, subject: spec, hint });
}

function quote(text: string): string {
  return `\`${text}\``;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
