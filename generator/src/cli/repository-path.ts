import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { treeAndFile } from '../diagnostics/finding-words.ts';

/**
 * Names the files of messages as review tools know them: from the top of the repository, whatever folder the command
 * ran in. The top is where Git keeps its folder, else what the build says it is, else here.
 */
export function repositoryPaths(environment: Readonly<Record<string, string | undefined>>): (path: string) => string {
  const top = gitTop(resolve('.')) ?? resolve(environment.GITHUB_WORKSPACE || environment.CI_PROJECT_DIR || '.');
  return (path) => {
    const { tree, file } = treeAndFile(path);
    // What a Git tree holds is named from the top already.
    if (tree !== undefined && !existsSync(resolve(path))) return file;
    return relative(top, resolve(path)).split(sep).join('/');
  };
}

/** A work tree that was added to a repository has a file of the name. */
function gitTop(start: string): string | undefined {
  for (let here = start, last = ''; here !== last; last = here, here = dirname(here)) {
    if (existsSync(join(here, '.git'))) return here;
  }
  return undefined;
}
