import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Position } from '../diagnostics/finding.ts';
import type { Topic } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';

/** The key of `tenet.yaml` that overlays a setting of the topic. */
const keys: Partial<Record<keyof Topic, string>> = { partitions: 'maxPartitions', name: 'topicPrefix' };

/**
 * Where `tenet.yaml` overlays a setting in an environment; contracts know the result only. The environment itself
 * when the setting is not written there, `undefined` when the file does not name the environment.
 */
export function overlayPosition(set: ContractSet, environment: string, setting: keyof Topic): Position | undefined {
  const path = set.label === '' || set.label === '.' ? 'tenet.yaml' : `${set.label}/tenet.yaml`;
  const source = set.textOf(path);
  if (source === undefined) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { path, line, column: col };
  };
  const overlay = document.getIn(['environments', environment], true);
  if (!isMap(overlay)) return undefined;
  const value = overlay.get(keys[setting] ?? setting, true);
  if (isScalar(value) && value.range) return position(value.range[0]);
  let found: Position | undefined;
  visit(document, {
    Pair(_, pair) {
      if (isPair(pair) && pair.value === overlay && isScalar(pair.key) && pair.key.range)
        found = position(pair.key.range[0]);
    },
  });
  return found;
}
