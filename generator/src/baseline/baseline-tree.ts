import { statSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { archiveBaseline, isArchive } from './archive/index.ts';
import type { Baseline, FoundBaseline } from './baseline.ts';
import { folderTree } from './folder-tree.ts';
import { gitBaseline } from './git-baseline.ts';
import { hashOf } from './git-commit.ts';
import { baselineFinding, remotesOf, short } from './git-problems.ts';
import type { PullRequest } from './pull-request.ts';

/**
 * What `--against` names, for the contracts in `contractsDir`: an existing folder or archive, else a Git ref of the
 * repository that the contracts are in. A folder whose name is also a branch is reached as `refs/heads/<name>`.
 */
export async function findBaseline(spec: string, contractsDir: string): Promise<FoundBaseline> {
  if (isFolder(spec)) return folderBaseline(spec, contractsDir);
  if (isArchive(spec)) return archiveBaseline(spec, contractsDir);
  return gitBaseline(spec, contractsDir);
}

/**
 * Where the change of a pull request left the branch that it goes into: of the remote, of this clone, or the commit that
 * the CI system names.
 */
export function pullRequestBaseline({ branch, commit, variable }: PullRequest, contractsDir: string): FoundBaseline {
  const remotes = remotesOf(contractsDir);
  const onRemotes = [...remotes].sort((a, b) => Number(b === 'origin') - Number(a === 'origin'));
  const names = [...onRemotes.map((remote) => `refs/remotes/${remote}/${branch}`), `refs/heads/${branch}`];
  const known = [...names, ...(commit === undefined ? [] : [short(commit)])].find(
    (name) => hashOf(contractsDir, name) !== undefined,
  );
  const name = known?.replace(/^refs\/(remotes|heads)\//, '') ?? `${onRemotes[0] ?? 'origin'}/${branch}`;
  const [baseline, problems] = gitBaseline(name, contractsDir);
  if (!baseline) return [undefined, problems];
  return [{ ...baseline, words: `${baseline.words ?? name}, as ${variable} asks` }, []];
}

function folderBaseline(spec: string, contractsDir: string): FoundBaseline {
  const tree = folderTree(spec, label(spec));
  const baseline: Baseline = { tree };
  return tree.list().includes('tenet.yaml') ? [baseline, []] : [undefined, [noWorkspace(spec, contractsDir)]];
}

/** Compared with an empty folder, everything would be new, and pass. */
function noWorkspace(spec: string, contractsDir: string) {
  const inside = isFolder(join(spec, basename(contractsDir)));
  return baselineFinding(spec, contractsDir, [
    `the folder \`${spec}\` holds no contracts: it has no \`tenet.yaml\``,
    inside
      ? `Did you mean \`--against ${label(join(spec, basename(contractsDir)))}\`?`
      : `Name the folder of the earlier contracts; a branch of this name is \`--against refs/heads/${spec}\`.`,
  ]);
}

function isFolder(path: string): boolean {
  return path !== '' && (statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function label(path: string): string {
  return path.split(sep).join('/').replace(/\/+$/, '');
}
