import type { AffectedConsumer, AgainstPosition, Position } from '../diagnostics/finding.ts';
import type { Consumer, Contract, FieldPath } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';

/** Where rules point and whom they hit. */

/** A field as exceptions and fingerprints name it: `/consumers/fulfillment/retry/attempts`. */
export function subjectOf(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function samePlace(a: Position, b: Position): boolean {
  return a.path === b.path && a.line === b.line && a.column === b.column;
}

/**
 * A promise as one consumer lives under it. One that is inherited is named by its place at the contract's top, so
 * that consumers who inherit the same mistake share one finding.
 */
export function promiseOf(contract: Contract, consumer: Consumer, path: FieldPath): { at: Position; subject: string } {
  const own = ['consumers', consumer.name, ...path];
  const at = contract.source.locate(own);
  const top = contract.source.written(path);
  const inherited = top !== undefined && samePlace(at, top);
  return { at, subject: subjectOf(inherited ? path : own) };
}

export function field(contract: Contract, path: FieldPath): { at: Position; subject: string } {
  return { at: contract.source.locate(path), subject: subjectOf(path) };
}

/** The same field in the baseline, with what stood there. */
export function stood(contract: Contract, path: FieldPath, was: string): AgainstPosition {
  const { source } = contract;
  return { ...source.locate(path), was, ...(source.written(path) === undefined ? { unwritten: true } : {}) };
}

export function affected(contract: Contract, consumers: readonly Consumer[] = contract.consumers): AffectedConsumer[] {
  return consumers.map(({ name, owner }) => ({ contract: contract.name, consumer: name, team: owner }));
}

/** Consumers that both versions have, in the order of the later one. */
export function* lastingConsumers(pair: {
  before: Contract;
  after: Contract;
}): Iterable<{ before: Consumer; after: Consumer }> {
  for (const after of pair.after.consumers) {
    const before = pair.before.consumers.find(({ name }) => name === after.name);
    if (before) yield { before, after };
  }
}

/**
 * Where one entry of a consumer's list stands. The model sorts what it lists and the file does not, so the entry is
 * found by its text; where that fails the list itself is named.
 */
export function entryOf(
  set: ContractSet,
  contract: Contract,
  path: FieldPath,
  entry: string,
  entries: number,
): Position {
  for (let index = 0; index < entries; index += 1) {
    const at = contract.source.locate([...path, index]);
    const line =
      set
        .textOf(at.path)
        ?.split('\n')
        [at.line - 1]?.slice(at.column - 1) ?? '';
    const text = /^(["']?)(.*)$/.exec(line.trimEnd());
    const rest = text?.[2]?.startsWith(entry) ? text[2].slice(entry.length) : undefined;
    if (rest !== undefined && /^(["',\]\s]|$)/.test(rest)) return at;
  }
  return contract.source.locate(path);
}
