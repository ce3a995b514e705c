import { realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { folderTree } from './folder-tree.ts';
import { type BaselineResult, baselineFinding, gitTree, repositoryRoot } from './git-tree.ts';

/**
 * What `--against` names, for the contracts in `contractsDir`: an existing folder, else a Git ref of the repository
 * that the contracts are in. A folder whose name is also a branch is reached as `refs/heads/<name>`.
 */
export function baselineTree(spec: string, contractsDir: string): BaselineResult {
  if (isFolder(spec)) return [folderTree(spec, label(spec)), []];
  if (!isFolder(contractsDir)) {
    return [
      undefined,
      [
        baselineFinding(
          spec,
          contractsDir,
          `there is no folder \`${contractsDir}\``,
          'Name the folder of the contracts: `--contracts DIR`.',
        ),
      ],
    ];
  }
  const root = repositoryRoot(contractsDir);
  const path = root === undefined ? '' : relative(root, realpathSync(contractsDir)).split(sep).join('/');
  return gitTree({ repository: contractsDir, ref: spec, path });
}

function isFolder(path: string): boolean {
  return path !== '' && (statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function label(path: string): string {
  return path.split(sep).join('/').replace(/\/+$/, '');
}
