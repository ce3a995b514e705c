import type { FileTree } from '../model/file-tree.ts';
import type { BaselineHistory } from './baseline.ts';
import { nameBelow } from './file-names.ts';
import { git } from './git.ts';
import { labelOf } from './git-baseline.ts';
import type { GitObjects } from './git-objects.ts';
import { historyCut, missingObjects, type Problem, short } from './git-problems.ts';
import { type CommitFolder, type Entry, entriesOf, followed, treeOf, workspacesAt } from './git-tree.ts';

/** The workspace as it was between two commits of the main line. */
export interface PastState {
  /** The last commit at which it was so. */
  readonly hash: string;
  /** When another state took its place on the main line; milliseconds since 1970. */
  readonly replacedAt: number;
  /** What a file held; changes whenever the file does. Undefined when it was not there. */
  objectOf(file: string): string | undefined;
  /** The tree, named by the commit. */
  tree(): FileTree;
}

interface LineCommit {
  readonly hash: string;
  /**
   * When it was on the main line at the earliest, milliseconds since 1970: not before anything that it stands on.
   * Commits that were written earlier and landed later, or by a clock that went wrong, are moved there.
   */
  readonly landedAt: number;
}

/** Earlier states of a workspace along the first-parent history of a commit, read from the object store. */
export class GitHistory {
  readonly #line: readonly LineCommit[];
  readonly #objects: GitObjects;
  readonly #repository: string;
  #cut: boolean | undefined;
  /** Git could not say what some of the commits changed. */
  #isBroken = false;
  #folder: CommitFolder;
  #entries: Map<string, Entry>;

  constructor({ folder, entries, objects }: BaselineHistory) {
    this.#repository = folder.repository;
    this.#line = firstParentLine(folder);
    this.#objects = objects;
    this.#folder = folder;
    this.#entries = new Map(entries);
  }

  /** The workspace at the baseline itself: what `replacedAt` says of it is without meaning. */
  get newest(): PastState {
    return this.#stateAt(this.#folder.hash, Number.POSITIVE_INFINITY);
  }

  /**
   * Newest first, each state in which a file of the workspace is another than in the one before. What landed since a
   * time is read at once, what is older step by step. A state is good until the next one is asked for.
   */
  *states(since: number): Iterable<PastState> {
    let to = this.#line.findIndex(({ landedAt }) => landedAt < since);
    if (to < 0) to = this.#line.length;
    for (let from = 0; from < this.#line.length - 1; to = Math.max(2 * to, from + fewest)) {
      to = Math.min(to, this.#line.length - 1);
      const steps = this.#stepsBetween(from, to);
      from = to;
      for (const step of steps) {
        const hasMoved = this.#stepBack(step);
        yield this.#stateAt(step.older.hash, step.newer.landedAt);
        if (!hasMoved) continue;
        // What comes before was asked for under a name that it did not have.
        from = step.index + 1;
        break;
      }
    }
  }

  /** Why states that were replaced since a time are not to be had; undefined when nothing is missing. */
  missing(since: number): Problem | undefined {
    const last = this.#line.at(-1);
    if (this.#isBroken || this.#objects.lacking || last === undefined) return missingObjects('earlier commits');
    if (last.landedAt < since) return undefined;
    this.#cut ??= hasParent(last, this.#repository);
    return this.#cut ? historyCut(this.#repository, last.hash) : undefined;
  }

  /** Commits that changed the folder, newest first, each with what has to be undone. */
  #stepsBetween(from: number, to: number): readonly Step[] {
    const pairs = this.#line.slice(from, to).flatMap((newer, offset) => {
      const older = this.#line[from + offset + 1];
      return older === undefined ? [] : [{ newer, older, index: from + offset }];
    });
    const { path } = this.#folder;
    const below = path === '' ? [] : ['--', `${path}/`];
    const options = ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', ...below];
    const asked = pairs.map(({ newer, older }) => `${newer.hash} ${older.hash}\n`).join('');
    const answer = git(this.#repository, options, asked);
    if (answer.status !== 0) this.#isBroken = true;
    const changes = changesIn(answer.text(), path);
    this.#expect([...changes.values()].flat());
    return pairs.flatMap((pair) => {
      const undone = changes.get(pair.newer.hash);
      return undone === undefined ? [] : [{ ...pair, changes: undone }];
    });
  }

  /** Earlier contents are read together: those of one file, or all where they are few. */
  #expect(changes: readonly Change[]): void {
    const byFile = new Map<string, string[]>();
    for (const { file, was } of changes) {
      if (was !== undefined) byFile.set(file, [...(byFile.get(file) ?? []), was.object]);
    }
    const groups = [...byFile.values()];
    const all = groups.flat();
    for (const group of all.length <= mostTogether ? [all] : groups) this.#objects.expect(group);
  }

  /** True when the folder had another name before, and goes on under that. */
  #stepBack({ newer, older, changes }: Step): boolean {
    const wasThere = this.#entries.has('tenet.yaml');
    for (const { file, was } of changes) {
      if (was === undefined) this.#entries.delete(file);
      else this.#entries.set(file, was);
    }
    if (!wasThere || this.#entries.has('tenet.yaml')) return false;
    const later = workspacesAt(this.#repository, newer.hash);
    const gone = workspacesAt(this.#repository, older.hash).filter((folder) => !later.includes(folder));
    const [path] = gone;
    if (path === undefined || gone.length > 1) return false;
    const folder = { repository: this.#repository, hash: older.hash, path };
    const [entries] = entriesOf(folder, short(older.hash));
    if (entries === undefined) return false;
    this.#folder = folder;
    this.#entries = new Map(entries);
    return true;
  }

  #stateAt(hash: string, replacedAt: number): PastState {
    const entries = this.#entries;
    return {
      hash,
      replacedAt,
      objectOf: (file) => {
        const entry = entries.get(file);
        if (entry === undefined) return undefined;
        const there = followed(file, entry, entries, this.#objects);
        return 'object' in there ? there.object : there.refused;
      },
      tree: () => treeOf(labelOf(short(hash), this.#folder.path), entries, this.#objects),
    };
  }
}

/** So many commits are asked about at once when none of them may be needed. */
const fewest = 100;

/** So many earlier contents are read at once, whatever files they are of. */
const mostTogether = 1000;

interface Step {
  readonly newer: LineCommit;
  readonly older: LineCommit;
  /** Of the newer one, on the line. */
  readonly index: number;
  readonly changes: readonly Change[];
}

/** A file that the newer commit changed, and what it was; undefined when it came with that commit. */
interface Change {
  readonly file: string;
  readonly was: Entry | undefined;
}

/** Also when the clone does not have the parent. */
function hasParent({ hash }: LineCommit, repository: string): boolean {
  const commit = git(repository, ['cat-file', 'commit', hash]).text();
  return /^parent /m.test(commit.slice(0, commit.indexOf('\n\n')));
}

function firstParentLine({ repository, hash }: CommitFolder): readonly LineCommit[] {
  const listed = git(repository, ['rev-list', '--first-parent', '--timestamp', hash])
    .text()
    .split('\n')
    .filter(Boolean);
  const line: LineCommit[] = [];
  let landedAt = 0;
  for (const text of listed.reverse()) {
    const [seconds = '', commit = ''] = text.split(' ');
    landedAt = Math.max(landedAt, Number(seconds) * 1000);
    line.push({ hash: commit, landedAt });
  }
  return line.reverse();
}

/** `<commit>\0` before the changes of each, `:<mode> <mode> <object> <object> <status>\0<path>\0` for each file. */
function changesIn(output: string, folder: string): ReadonlyMap<string, readonly Change[]> {
  const byCommit = new Map<string, Change[]>();
  let changes: Change[] = [];
  const words = output.split('\0');
  for (let at = 0; at < words.length - 1; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith(':')) {
      changes = [];
      byCommit.set(word.trim(), changes);
      continue;
    }
    at += 1;
    const file = nameBelow(folder, words[at] ?? '');
    const [mode = '', , object = ''] = word.slice(1).split(' ');
    const isFile = mode.startsWith('100') || mode === '120000';
    if (file !== undefined) changes.push({ file, was: isFile ? { mode, object } : undefined });
  }
  return byCommit;
}
