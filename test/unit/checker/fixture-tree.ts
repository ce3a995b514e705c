import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';

/** Folders laid over one another, the last on top: a fixture holds only what differs from the base workspace. */
export function layeredTree(label: string, folders: readonly string[]): FileTree {
  const files = new Map<string, string>();
  for (const folder of folders) for (const path of filesBelow(folder)) files.set(path, join(folder, path));
  return {
    label,
    list: () => [...files.keys()].sort(),
    read: (path) => {
      const file = files.get(path);
      return file === undefined ? undefined : readFileSync(file);
    },
  };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile() && !path.endsWith('.keep'))
    .map((path) => path.replaceAll('\\', '/'));
}
