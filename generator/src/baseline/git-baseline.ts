import { existsSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Baseline, FoundBaseline } from './baseline.ts';
import { git } from './git.ts';
import { commitOf, type NamedCommit } from './git-commit.ts';
import { GitObjects } from './git-objects.ts';
import { baselineFinding, type Found, missingObjects, noRepository, quote } from './git-problems.ts';
import { type Entries, entriesOf, treeOf, workspacesAt } from './git-tree.ts';

/** The contracts of a folder as they were at a commit, branch or tag of its repository. */
export function gitBaseline(name: string, contractsDir: string): FoundBaseline {
  const [baseline, problem] = findInGit(name, contractsDir);
  return baseline ? [baseline, []] : [undefined, [baselineFinding(name, contractsDir, problem)]];
}

function findInGit(name: string, contractsDir: string): Found<Baseline> {
  if (!existsSync(contractsDir))
    return [
      undefined,
      [`there is no folder ${quote(contractsDir)}`, 'Name the folder of the contracts: `--contracts DIR`.'],
    ];
  const top = git(contractsDir, ['rev-parse', '--show-toplevel']);
  if (top.status !== 0) return [undefined, noRepository(contractsDir, top)];
  const root = top.text().replace(/\n$/, '');
  const [commit, noCommit] = commitOf(contractsDir, name);
  if (!commit) return [undefined, noCommit];
  const path = relative(root, realpathSync(contractsDir)).split(sep).join('/');
  const [placed, unlisted] = placeOf(root, path, commit);
  if (!placed) return [undefined, unlisted];
  const objects = new GitObjects(root);
  if (!objects.readAll([...placed.entries.values()].map(({ object }) => object)))
    return [undefined, missingObjects(quote(name))];
  const tree = treeOf(labelOf(commit.label, placed.path), placed.entries, objects);
  const folder = { repository: root, hash: commit.hash, path: placed.path };
  const words = commit.words === undefined ? {} : { words: commit.words };
  return [{ tree, history: { folder, entries: placed.entries, objects }, ...words }, undefined];
}

/** How messages name the folder at a commit; before a file and a slash. */
export function labelOf(commit: string, path: string): string {
  return `${commit}:${path === '' ? '.' : path}`;
}

interface Placed {
  readonly path: string;
  readonly entries: Entries;
}

/**
 * Where the contracts were. When their folder had another name then, it is the one workspace of that time that is gone
 * from the working tree: without this a renamed folder would be compared with nothing, and pass.
 */
function placeOf(repository: string, path: string, { hash, label }: NamedCommit): Found<Placed> {
  const [entries, problem] = entriesOf({ repository, hash, path }, label);
  if (!entries) return [undefined, problem];
  if (entries.size > 0 || path === '') return [{ path, entries }, undefined];
  const gone = workspacesAt(repository, hash).filter((folder) => !existsSync(join(repository, folder, 'tenet.yaml')));
  const [former] = gone;
  if (former === undefined || former === '' || gone.length > 1) return [{ path, entries }, undefined];
  const [formerEntries, unlisted] = entriesOf({ repository, hash, path: former }, label);
  return formerEntries ? [{ path: former, entries: formerEntries }, undefined] : [undefined, unlisted];
}
