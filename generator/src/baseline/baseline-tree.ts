import { realpathSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import { folderTree } from './folder-tree.ts';
import { type BaselineResult, baselineFinding, gitTree, repositoryRoot } from './git-tree.ts';

/**
 * What `--against` names, for the contracts in `contractsDir`: an existing folder, else a Git ref of the repository
 * that the contracts are in. A folder whose name is also a branch is reached as `refs/heads/<name>`.
 */
export function baselineTree(spec: string, contractsDir: string): BaselineResult {
  if (isFolder(spec)) {
    const tree = folderTree(spec, label(spec));
    return tree.list().includes('tenet.yaml') ? [tree, []] : [undefined, [noWorkspace(spec, contractsDir)]];
  }
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

/** Compared with an empty folder, everything would be new, and pass. */
function noWorkspace(spec: string, contractsDir: string): Finding {
  const inside = isFolder(join(spec, basename(contractsDir)));
  return baselineFinding(
    spec,
    contractsDir,
    `the folder \`${spec}\` holds no contracts: it has no \`tenet.yaml\``,
    inside
      ? `Did you mean \`--against ${label(join(spec, basename(contractsDir)))}\`?`
      : `Name the folder of the earlier contracts; a branch of this name is \`--against refs/heads/${spec}\`.`,
  );
}

function isFolder(path: string): boolean {
  return path !== '' && (statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function label(path: string): string {
  return path.split(sep).join('/').replace(/\/+$/, '');
}
