import type { Position } from '../diagnostics/finding.ts';
import type { Contract, Topic } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';

/** The key of `tenet.yaml` that overlays a setting of the topic. */
const keys: Partial<Record<keyof Topic, string>> = { partitions: 'maxPartitions', name: 'topicPrefix' };

/**
 * Where `tenet.yaml` overlays a setting in an environment. Contracts carry the result of an overlay and not its place,
 * so it is looked for in the text: the key below the environment's name, else that name, else the top of the file.
 */
export function overlayPosition(
  set: ContractSet,
  contract: Contract,
  environment: string,
  setting: keyof Topic,
): Position {
  const path = set.label === '' || set.label === '.' ? 'tenet.yaml' : `${set.label}/tenet.yaml`;
  const text = (set.textOf(path) ?? '').replace(/(^|\s)#.*$/gm, (comment) => ' '.repeat(comment.length));
  const all = keyAfter(text, 'environments', 0);
  const own = all && keyAfter(text, environment, all.end);
  if (!own) return { path, line: 1, column: 1 };
  const others = contract.environments.map(({ name }) => keyAfter(text, name, own.end)?.start ?? text.length);
  const inside = text.slice(0, Math.min(...others));
  const value = keyAfter(inside, keys[setting] ?? setting, own.end);
  return { path, ...lineAndColumn(text, value?.end ?? own.start) };
}

/** Where a key begins, and where what follows its colon begins. */
function keyAfter(text: string, key: string, from: number): { start: number; end: number } | undefined {
  const pattern = new RegExp(`(?<=^|[\\s{,])(["']?)${key.replace(/[^\w-]/g, '\\$&')}\\1\\s*:\\s*`, 'gm');
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found ? { start: found.index, end: pattern.lastIndex } : undefined;
}

function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
