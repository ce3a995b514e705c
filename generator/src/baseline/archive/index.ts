import { readFileSync, statSync } from 'node:fs';
import { basename, posix, relative, resolve, sep } from 'node:path';
import type { FileTree } from '../../model/file-tree.ts';
import type { FoundBaseline } from '../baseline.ts';
import { nameBelow } from '../file-names.ts';
import { baselineFinding, quote } from '../git-problems.ts';
import { type ArchiveEntry, ArchiveProblem, mostUnpacked, tooLarge } from './entries.ts';
import { tarEntries } from './tar-entries.ts';
import { zipEntries } from './zip-entries.ts';

/** The contracts in a packed release: what `git archive`, `npm pack` or a build server makes. */
export function isArchive(path: string): boolean {
  return (
    /\.(tar|tar\.gz|tgz|zip)$/i.test(path) && (statSync(resolve(path), { throwIfNoEntry: false })?.isFile() ?? false)
  );
}

export async function archiveBaseline(path: string, contractsDir: string): Promise<FoundBaseline> {
  try {
    const entries = await entriesOf(path);
    const folder = workspaceIn(entries, contractsDir);
    return [{ tree: treeOf(`${basename(path)}:${folder === '' ? '.' : folder}`, folder, entries) }, []];
  } catch (error) {
    if (!(error instanceof ArchiveProblem)) throw error;
    const hint = 'Pack the folder of the contracts, for example `git archive -o contracts.tar.gz v1.4.0 contracts`.';
    const problem = `the archive ${quote(path)} cannot be used: ${error.message}`;
    return [undefined, [baselineFinding(path, contractsDir, [problem, hint])]];
  }
}

async function entriesOf(path: string): Promise<readonly ArchiveEntry[]> {
  if (statSync(path).size > mostUnpacked) throw tooLarge();
  const packed = readFileSync(path);
  const entries = /\.zip$/i.test(path) ? await zipEntries(packed) : tarEntries(packed);
  const named = entries.map((entry) => ({ ...entry, name: entry.name.replace(/^(\.\/)+/, '') }));
  const outside = named.find(({ name }) => leavesArchive(name));
  if (outside) throw new ArchiveProblem(`it holds ${quote(outside.name)}, which leads out of it`);
  return named;
}

function leavesArchive(name: string): boolean {
  return name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\\') || name.split('/').includes('..');
}

/** The one workspace in it; of several the one whose place is that of the contracts in the repository. */
function workspaceIn(entries: readonly ArchiveEntry[], contractsDir: string): string {
  const names = new Set(entries.map(({ name }) => name));
  const folders = [...names]
    .filter((name) => posix.basename(name) === 'tenet.yaml')
    .map((name) => (name === 'tenet.yaml' ? '' : posix.dirname(name)))
    .filter((folder) => names.has(posix.join(folder, 'owners.yaml')));
  const [only] = folders;
  if (only === undefined)
    throw new ArchiveProblem('it holds no contracts: no folder with `tenet.yaml` and `owners.yaml`');
  if (folders.length === 1) return only;
  const wanted = relative('.', resolve(contractsDir)).split(sep).join('/');
  // Below one folder that an archive of everything often begins with.
  const placed = folders.filter((folder) => folder === wanted || folder.slice(folder.indexOf('/') + 1) === wanted);
  const [there] = placed;
  if (there !== undefined && placed.length === 1) return there;
  throw new ArchiveProblem(
    `it holds contracts in several folders (${folders.sort().map(quote).join(', ')}), and none of them is ${quote(wanted)}`,
  );
}

function treeOf(label: string, folder: string, entries: readonly ArchiveEntry[]): FileTree {
  const files = new Map<string, Uint8Array>();
  const refused = new Map<string, string>();
  for (const { name, kind, bytes } of entries) {
    const inside = nameBelow(folder, name);
    if (inside === undefined) continue;
    if (kind === 'file') files.set(inside, bytes);
    else refused.set(inside, 'stands in an archive');
  }
  const names = [...files.keys()].sort((a, b) => (a < b ? -1 : 1));
  return { label, list: () => names, read: (name) => files.get(name), refused: () => refused };
}
