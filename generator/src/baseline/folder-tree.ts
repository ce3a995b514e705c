import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileTree } from '../model/file-tree.ts';

/** A reader cuts files here; the loader refuses them long before. */
const mostBytes = 2 * 1024 * 1024;
/** Folders below one another; a file system may hold circles that are no symbolic links. */
const deepestFolder = 20;

/**
 * A folder on disk, listed once. Hidden files and `node_modules` are not part of a workspace. A symbolic link to a
 * file inside is that file; one that leads out, to a folder, or nowhere is refused and named. A folder that is not
 * there is an empty tree.
 */
export function folderTree(path: string, label: string): FileTree {
  const files = new Map<string, string>();
  const refused = new Map<string, string>();
  const root = realPath(path);
  if (root !== undefined) walk(root, '', { root, files, refused });
  const names = [...files.keys()].sort(byCodeUnit);
  return {
    label,
    list: () => names,
    read: (name) => {
      const file = files.get(name);
      return file === undefined ? undefined : readStart(file);
    },
    refused: () => refused,
  };
}

interface Found {
  readonly root: string;
  readonly files: Map<string, string>;
  readonly refused: Map<string, string>;
}

function walk(root: string, below: string, found: Found): void {
  if (below.split('/').length > deepestFolder) return;
  for (const entry of readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) =>
    byCodeUnit(a.name, b.name),
  )) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const path = join(root, name);
    if (entry.isDirectory()) walk(root, name, found);
    else if (entry.isFile()) found.files.set(name, path);
    else if (entry.isSymbolicLink()) followLink(name, path, found);
  }
}

function followLink(name: string, path: string, { root, files, refused }: Found): void {
  const target = realPath(path);
  if (target === undefined) refused.set(name, 'leads nowhere');
  else if (relative(root, target).split(sep)[0] === '..') refused.set(name, 'leads out of the contracts root');
  else if (!statSync(target).isFile()) refused.set(name, 'leads to something that is not a file');
  else files.set(name, target);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function readStart(file: string): Uint8Array | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(descriptor).size, mostBytes));
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      length += read;
      if (read === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
