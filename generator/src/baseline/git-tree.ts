import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
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
  if (ref === '' || ref.startsWith('-'))
    return failed(
      source,
      `${quote(ref)} is not the name of a commit`,
      'Name a branch, a tag or a commit: `--against origin/main`.',
    );
  const top = git(repository, ['rev-parse', '--show-toplevel']);
  if (top.missing)
    return failed(
      source,
      'Git is not installed, or not on the path',
      'Install Git, or compare with a folder: `--against path/to/old/contracts`.',
    );
  if (top.status !== 0) {
    return failed(
      source,
      `${quote(repository)} is not inside of a Git repository`,
      'Run it in a clone, or compare with a folder: `--against path/to/old/contracts`.',
    );
  }
  const commit = git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit.status !== 0) return failed(source, ...missingRef(repository, ref));
  const hash = commit.text().trim();
  const listing = git(repository, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    hash,
    ...(path === '' ? [] : ['--', `${path}/`]),
  ]);
  if (listing.status !== 0)
    return failed(
      source,
      `the files of ${quote(ref)} could not be listed: ${firstLine(listing.error)}`,
      fetchHint(ref),
    );

  const prefix = path === '' ? '' : `${path}/`;
  const entries = parseListing(listing.text(), prefix);
  const contents = readObjects(repository, entries);
  if (contents === undefined) {
    return failed(
      source,
      `the clone lacks objects of ${quote(ref)}`,
      `A partial or damaged clone: fetch them with \`git fetch --refetch\`.`,
    );
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

/** `<mode> <type> <object>\t<path>\0`; hidden files and `node_modules` are not part of a workspace. */
function parseListing(text: string, prefix: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split('\0')) {
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
    env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0' },
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

/** The working tree that a folder is in, its links followed; undefined outside of one or without Git. */
export function repositoryRoot(folder: string): string | undefined {
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  return top.status === 0 ? top.text().replace(/\n$/, '') : undefined;
}

function missingRef(repository: string, ref: string): [problem: string, hint: string] {
  const isShallow = git(repository, ['rev-parse', '--is-shallow-repository']).text().trim() === 'true';
  if (isShallow)
    return [
      `this clone is shallow and does not have ${quote(ref)}`,
      `${fetchHint(ref)} In CI, check out with full history (\`fetch-depth: 0\`).`,
    ];
  const isEmpty = git(repository, ['rev-parse', '--verify', '--quiet', 'HEAD']).status !== 0;
  if (isEmpty)
    return [
      `there is no ${quote(ref)}: the repository has no commit yet`,
      'Commit the contracts first; there is nothing to compare with.',
    ];
  return [`there is no commit, branch or tag ${quote(ref)} here`, fetchHint(ref)];
}

function fetchHint(ref: string): string {
  const [remote, ...rest] = ref.split('/');
  return rest.length > 0
    ? `Fetch it: \`git fetch ${remote} ${rest.join('/')}\`.`
    : `Fetch it: \`git fetch origin ${ref}\`, or name another one.`;
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
