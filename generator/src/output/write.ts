/**
 * Carries a plan out. All new content is on the disk before the first old file is touched, so that a full disk or a
 * missing permission leaves the old output whole; a file is never seen half-written.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf, type Manifest, manifestName, manifestText } from './manifest.ts';
import type { Plan } from './plan.ts';

/** Where new content waits; inside of the output folder, since a rename does not cross file systems. */
const waitingRoom = '.tenet-writing';

/** Throws what the file system says. */
export function writeOutput(root: string, plan: Plan): void {
  const writes = plan.files.filter((file) => file.state !== 'unchanged');
  if (writes.length === 0 && plan.pruned.length === 0 && !plan.manifest.changed) return;
  const waiting = join(root, waitingRoom);
  rmSync(waiting, { recursive: true, force: true });
  makeFolder(waiting);
  try {
    for (const [number, file] of writes.entries()) writeFileSync(join(waiting, String(number)), file.text);
    replace(waiting, join(root, manifestName), manifestText(ownedMeanwhile(plan)));
    for (const [number, file] of writes.entries()) {
      const target = join(root, file.path);
      makeFolder(dirname(target));
      renameSync(join(waiting, String(number)), target);
    }
    for (const path of plan.pruned) {
      rmSync(join(root, path));
      removeEmptyFolders(root, path);
    }
    replace(waiting, join(root, manifestName), plan.manifest.text);
  } finally {
    rmSync(waiting, { recursive: true, force: true });
  }
}

/** With all folders above it. Node's own way never ends where a system hides that a folder cannot be made. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function replace(waiting: string, target: string, text: string): void {
  writeFileSync(join(waiting, 'manifest'), text);
  renameSync(join(waiting, 'manifest'), target);
}

/** Old and new together: whatever moment a crash picks, the next run knows which files are ours. */
function ownedMeanwhile(plan: Plan): Manifest {
  const owned = new Map(plan.manifest.before);
  for (const { path, text } of plan.files) owned.set(path, [...(owned.get(path) ?? []), hashOf(text)]);
  return owned;
}

function removeEmptyFolders(root: string, path: string): void {
  const segments = path.split('/').slice(0, -1);
  for (; segments.length > 0; segments.pop()) {
    const folder = join(root, ...segments);
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}
