import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from './usage-error.ts';

/** The folder as Node finds it, or a sentence about it. */
export function contractsFolder(typed: string): string {
  const folder = resolve(typed);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    const inside = join(folder, 'contracts');
    if (isWorkspace(folder) || !isWorkspace(inside)) return folder;
    throw new UsageError(
      `the contracts are not in \`${typed}\` itself, but in a folder of it.`,
      `\`--contracts ${labelOf(inside)}\``,
    );
  }
  const above = found ? undefined : workspaceAbove(resolve('.'));
  throw new UsageError(
    found ? `\`${typed}\` is a file, not a folder of contracts.` : `there is no folder \`${typed}\` here.`,
    above === undefined
      ? 'name the folder of the contracts with `--contracts <dir>`, or run `tenet` to see what is here'
      : `there are contracts further up: \`--contracts ${relative('.', above).split(sep).join('/') || '.'}\``,
  );
}

function isWorkspace(folder: string): boolean {
  return existsSync(join(folder, 'tenet.yaml'));
}

/** The contracts of the repository in whose depths somebody stands, or undefined. */
export function workspaceAbove(start: string): string | undefined {
  for (let here = start, last = ''; here !== last; last = here, here = dirname(here)) {
    const found = [here, join(here, 'contracts')].find(isWorkspace);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How messages print the folder: from here, with `/`, as it can be clicked in a terminal. */
export function labelOf(typed: string): string {
  const inside = relative('.', resolve(typed)).split(sep).join('/');
  return inside.startsWith('../') ? typed.split(sep).join('/').replace(/\/+$/, '') : inside;
}
