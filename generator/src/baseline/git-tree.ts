import { posix } from 'node:path';
import type { FileTree } from '../model/file-tree.ts';
import { nameBelow } from './file-names.ts';
import { git } from './git.ts';
import type { GitObjects } from './git-objects.ts';
import { type Found, firstLine, missingObjects, quote } from './git-problems.ts';

/** A folder of a repository as it was at a commit. */
export interface CommitFolder {
  /** A folder inside of the repository. */
  readonly repository: string;
  readonly hash: string;
  /** Relative to the repository's root, `/` separated; '' is the root. */
  readonly path: string;
}

/** What stands under a name: a file, or a symbolic link. */
export interface Entry {
  readonly mode: string;
  readonly object: string;
}

/** Entries by their names below the folder. */
export type Entries = ReadonlyMap<string, Entry>;

/** Every file below the folder; none when there was no such folder. `name`: the commit as messages call it. */
export function entriesOf({ repository, hash, path }: CommitFolder, name: string): Found<Entries> {
  const below = path === '' ? [] : ['--', `${path}/`];
  const listing = git(repository, ['ls-tree', '-r', '-z', '--full-tree', hash, ...below]);
  if (listing.status !== 0) {
    const [, hint] = missingObjects(quote(name));
    return [undefined, [`the files of ${quote(name)} could not be listed: ${firstLine(listing.error)}`, hint]];
  }
  const entries = new Map<string, Entry>();
  for (const line of listing.text().split('\0').filter(Boolean)) {
    const [, mode, object, file] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || object === undefined || file === undefined) continue;
    if (mode === submodule) return [undefined, ofSubmodule(file, name)];
    const inside = nameBelow(path, file);
    if (inside !== undefined) entries.set(inside, { mode, object });
  }
  return [entries, undefined];
}

const submodule = '160000';

function ofSubmodule(file: string, name: string): readonly [string, string] {
  return [
    `${quote(file)} is a submodule at ${quote(name)}, and its files are in another repository`,
    'Compare with a folder in which it is checked out: `--against path/to/old/contracts`.',
  ];
}

/** Nothing is checked out, no index and no working file is touched, and no hook or filter runs. */
export function treeOf(label: string, entries: Entries, objects: GitObjects): FileTree {
  const files = new Map<string, string>();
  const refused = new Map<string, string>();
  for (const [name, entry] of entries) {
    const there = followed(name, entry, entries, objects);
    if ('object' in there) files.set(name, there.object);
    else refused.set(name, there.refused);
  }
  const names = [...files.keys()].sort((a, b) => (a < b ? -1 : 1));
  return {
    label,
    list: () => names,
    read: (name) => {
      const object = files.get(name);
      return object === undefined ? undefined : objects.read(object);
    },
    refused: () => refused,
  };
}

const symbolicLink = '120000';

/** The object that a name stands for, through a link to a file inside; or why the link is not followed. */
export function followed(
  name: string,
  { mode, object }: Entry,
  entries: Entries,
  objects: GitObjects,
): { readonly object: string } | { readonly refused: string } {
  if (mode !== symbolicLink) return { object };
  const link = Buffer.from(objects.read(object) ?? []).toString('utf8');
  const target = posix.normalize(posix.join(posix.dirname(name), link));
  const found = link.startsWith('/') ? undefined : entries.get(target);
  if (found?.mode.startsWith('100')) return found;
  const leadsOut = link.startsWith('/') || target === '..' || target.startsWith('../');
  return { refused: leadsOut ? 'leads out of the contracts root' : 'leads to something that is not a file' };
}

/** Folders that hold a workspace at a commit. */
export function workspacesAt(repository: string, hash: string): readonly string[] {
  const names = git(repository, ['ls-tree', '-r', '-z', '--full-tree', '--name-only', hash]).text().split('\0');
  const all = new Set(names);
  return names
    .filter((name) => posix.basename(name) === 'tenet.yaml' && all.has(posix.join(posix.dirname(name), 'owners.yaml')))
    .map((name) => (name === 'tenet.yaml' ? '' : posix.dirname(name)));
}
