import { git } from './git.ts';
import { type Found, missingRef, nameOne, noMergeBase, quote, short } from './git-problems.ts';

/** A commit, and how messages speak of it. */
export interface NamedCommit {
  readonly hash: string;
  /** Before the path of a file: `origin/main`, `v1.4.0`, `1a2b3c4d5e`. */
  readonly label: string;
  /** Where it is not what was named itself: `1a2b3c4d5e, where HEAD left origin/main (3 commits have landed there since)`. */
  readonly words?: string;
}

/**
 * The commit that a name of the user's stands for. A tag or a commit is taken as it is. A branch goes on while a change
 * is under way, and what landed there meanwhile is not undone by the change: it is the commit where HEAD left it.
 */
export function commitOf(repository: string, name: string): Found<NamedCommit> {
  // A name that begins with a dash would be read as an option.
  if (name === '' || name.startsWith('-')) return [undefined, [`${quote(name)} is not the name of a commit`, nameOne]];
  const tip = hashOf(repository, name);
  if (tip === undefined) return [undefined, missingRef(repository, name)];
  const head = hashOf(repository, 'HEAD');
  if (head === undefined || !isBranch(repository, name)) return [{ hash: tip, label: name }, undefined];
  const base = git(repository, ['merge-base', head, tip]).text().trim();
  if (base === '') return [undefined, noMergeBase(repository, name)];
  if (base === tip) return [{ hash: tip, label: name }, undefined];
  const landed = Number(git(repository, ['rev-list', '--count', `${base}..${tip}`]).text());
  const since = landed === 1 ? '1 commit has landed there since' : `${landed} commits have landed there since`;
  return [{ hash: base, label: short(base), words: `${short(base)}, where HEAD left ${name} (${since})` }, undefined];
}

export function hashOf(repository: string, name: string): string | undefined {
  const answer = git(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return answer.status === 0 ? answer.text().trim() : undefined;
}

/** `main`, `origin/main`, `FETCH_HEAD`, `@{upstream}`; not `v1.4.0`, `1a2b3c4`, `main~2`, `main^{commit}`. */
function isBranch(repository: string, name: string): boolean {
  const ref = git(repository, ['rev-parse', '--symbolic-full-name', name]).text().trim();
  return ref !== '' && !ref.startsWith('refs/tags/');
}
