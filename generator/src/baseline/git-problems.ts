import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { type GitAnswer, git } from './git.ts';

/** Why something of a repository cannot be used, as the end of a sentence, and the way on. */
export type Problem = readonly [problem: string, hint: string];

/** A value, or why there is none. */
export type Found<T> = readonly [value: T, problem: undefined] | readonly [value: undefined, problem: Problem];

export const nameOne = 'Name a branch, a tag or a commit: `--against origin/main`.';
const wholeHistory = 'Fetch the whole history: `git fetch --unshallow`; in CI `fetch-depth: 0`.';

/** The place of these findings is the folder that was asked: no file of it is wrong. */
export function baselineFinding(spec: string, folder: string, [problem, hint]: Problem): Finding {
  const at = { path: folder, line: 1, column: 1 };
  return contractFinding('contract/baseline-missing', { problem }, { at, subject: spec, hint });
}

/** What Git says when it is asked for the working tree of a folder. */
export function noRepository(folder: string, { missing, error: said }: GitAnswer): Problem {
  if (missing) {
    return [
      'Git is not installed, or not on the path',
      'Install Git, or compare with a folder: `--against path/to/old/contracts`.',
    ];
  }
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

export function missingRef(repository: string, ref: string): Problem {
  // `rev-parse` believes a full hash unseen.
  const has = (name: string): boolean =>
    !name.startsWith('-') && git(repository, ['cat-file', '-e', name]).status === 0;
  if (has(ref)) return [`${quote(ref)} is no commit`, nameOne];
  if (!has('HEAD'))
    return [
      `there is no ${quote(ref)}: the repository has no commit yet`,
      'Commit the contracts first; there is nothing to compare with.',
    ];
  const shallow = isShallow(repository);
  const problem = shallow
    ? `this clone is shallow and does not have ${quote(ref)}`
    : `there is no commit, branch or tag ${quote(ref)} here`;
  if (!isPlainName(ref)) return [problem, shallow ? wholeHistory : nameOne];
  const written = remotesOf(repository);
  const remotes = written.length > 0 ? written : ['origin'];
  const onRemote = remotes.map((remote) => `${remote}/${ref}`).find((name) => has(`refs/remotes/${name}`));
  if (onRemote !== undefined)
    return [`there is no local branch ${quote(ref)}`, `The remote has one: \`--against ${onRemote}\`.`];
  const named = remotes.find((name) => ref.startsWith(`${name}/`));
  const remote = named ?? remotes[0] ?? 'origin';
  const branch = named === undefined ? ref : ref.slice(named.length + 1);
  if (!shallow) return [problem, `Fetch it: \`git fetch ${remote} ${branch}\`.`];
  const kept = /^[0-9a-f]{7,64}$/.test(branch) ? branch : `${branch}:refs/remotes/${remote}/${branch}`;
  return [problem, `Fetch it: \`git fetch --depth 1 ${remote} ${kept}\`. ${wholeHistory}`];
}

/** What is put into a command has to be a name that can be fetched, and pasted into a shell. */
function isPlainName(ref: string): boolean {
  return /^\w[\w./-]*$/.test(ref) && !ref.includes('..');
}

/** HEAD and a branch have no commit in common, as far as the clone knows. */
export function noMergeBase(repository: string, branch: string): Problem {
  if (isShallow(repository))
    return [
      `this clone is shallow and does not reach back to where HEAD left ${quote(branch)}`,
      `${wholeHistory.slice(0, -1)}; or deepen it: \`git fetch --deepen 100\`.`,
    ];
  return [
    `HEAD and ${quote(branch)} have no commit in common`,
    isPlainName(branch) ? `To compare with the branch as it is now: \`--against '${branch}^{commit}'\`.` : nameOne,
  ];
}

/** The clone knows a commit and lacks what is in it. */
export function missingObjects(what: string): Problem {
  return [
    `the clone lacks objects of ${what}`,
    'A partial or damaged clone: fetch what is missing with `git fetch --refetch --no-filter`.',
  ];
}

/** The history of a baseline ends before its window does. */
export function historyCut(repository: string, hash: string): Problem {
  return isShallow(repository)
    ? [`this clone is shallow and knows nothing before ${quote(short(hash))}`, wholeHistory]
    : [
        `the clone has no commit before ${quote(short(hash))}, though there was one`,
        'Clone it again with its history.',
      ];
}

export function remotesOf(repository: string): readonly string[] {
  return git(repository, ['remote']).text().split('\n').filter(Boolean);
}

function isShallow(repository: string): boolean {
  return git(repository, ['rev-parse', '--is-shallow-repository']).text().trim() === 'true';
}

export function short(hash: string): string {
  return hash.slice(0, 10);
}

export function quote(text: string): string {
  return `\`${text}\``;
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
