/** What a path inside of the output folder may look like; checked before every write and every delete. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** Relative, `/` separated, going down only, and a legal name on every system that a team may check it out on. */
export function isOutputPath(path: string): boolean {
  if (path.length > 400) return false;
  return path.split('/').every((segment) => /^[^<>:"|?*\\\p{Cc}]+$/u.test(segment) && !/^\.{1,2}$|[. ]$/.test(segment));
}

export type Standing = 'nothing' | 'file' | 'directory' | 'link' | 'other' | 'blocked';

/** What stands at a path below `root`; `blocked` when something else than a folder stands on the way to it. */
export function standingAt(root: string, path: string): Standing {
  const segments = path.split('/');
  for (let depth = 1; depth < segments.length; depth += 1) {
    const parent = kindAt(join(root, ...segments.slice(0, depth)));
    if (parent === 'nothing') return 'nothing';
    if (parent === 'link') return 'link';
    if (parent !== 'directory') return 'blocked';
  }
  return kindAt(join(root, ...segments));
}

function kindAt(path: string): Exclude<Standing, 'blocked'> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  if (stats.isSymbolicLink()) return 'link';
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
}
