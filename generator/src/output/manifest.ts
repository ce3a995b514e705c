/**
 * `.tenet-manifest` in the output folder: which files are ours, and what we wrote into them. Only these are overwritten
 * and pruned. Lines as `sha256sum` writes them; whatever else stands there (both sides of a merge, say) is skipped over.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOutputPath, standingAt } from './output-path.ts';

export const manifestName = '.tenet-manifest';

/** Path → SHA-256 of what was written there. A merge may leave two; either is ours. */
export type Manifest = ReadonlyMap<string, readonly string[]>;

export function readManifest(root: string): Manifest {
  const found = new Map<string, string[]>();
  if (standingAt(root, manifestName) !== 'file') return found;
  for (const line of readFileSync(join(root, manifestName), 'utf8').split(/\r?\n/)) {
    const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    // Committed files can be edited: a path that we would never have written is nobody's.
    if (hash === undefined || path === undefined || !isOutputPath(path)) continue;
    found.set(path, [...(found.get(path) ?? []), hash]);
  }
  return found;
}

export function manifestText(files: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...files].flatMap(([path, hashes]) => hashes.map((hash) => `${hash}  ${path}`));
  return `# What \`tenet generate\` wrote here. It overwrites and prunes these files, and no others.\n${lines.join('\n')}\n`;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
