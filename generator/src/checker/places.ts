import type { AffectedConsumer, AgainstPosition, Position } from '../diagnostics/finding.ts';
import type { Consumer, Contract, FieldPath, Producer } from '../model/contract.ts';
import type { ContractSet } from '../model/contract-set.ts';
import type { BothSets, ContractPair, Report } from './rule.ts';
import { sameJson } from './same-schema.ts';

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

/**
 * Whom a change of the topic hits: the consumers of the contract, and those that only other contracts of its stream
 * name, unless their own contract makes the same change and says so itself. `value`: what changed, as a contract has it.
 */
export function affectedByTopic(
  { before: sets, after: later }: BothSets,
  contract: Contract,
  value: (contract: Contract) => unknown,
): AffectedConsumer[] {
  const own = affected(contract);
  const mates = sets.contracts.filter((mate) => mate !== contract && mate.topic.name === contract.topic.name);
  const others = mates.filter((mate) => {
    const now = later.contracts.find(({ name, major }) => name === mate.name && major === mate.major);
    return now !== undefined && sameJson(value(mate), value(now));
  });
  const hit = [...own, ...others.flatMap((mate) => affected(mate))];
  return hit.filter(({ consumer }, index) => hit.findIndex((first) => first.consumer === consumer) === index);
}

/** The report with the teams to which the earlier version promised what is broken: a new owner does not sign for them. */
export function promisedTo<R extends Report>(before: Contract, report: R): R {
  if (report.consumers === undefined) return report;
  const consumers = report.consumers.map((hit) => {
    const old = before.consumers.find(({ name }) => name === hit.consumer);
    return old === undefined ? hit : { ...hit, team: old.owner };
  });
  return { ...report, consumers };
}

/** Consumers that both versions have, in the order of the later one. What was promised, was promised to the earlier. */
export function* lastingConsumers(pair: ContractPair): Iterable<{ before: Consumer; after: Consumer }> {
  for (const after of pair.after.consumers) {
    const before = pair.before.consumers.find(({ name }) => name === after.name);
    if (before) yield { before, after };
  }
}

/** Producers of both versions; a new service of a team in whose place another one went is that one renamed. */
export function* lastingProducers(pair: ContractPair): Iterable<{ before: Producer; after: Producer }> {
  const gone = pair.before.producers.filter(
    ({ service }) => !pair.after.producers.some((producer) => producer.service === service),
  );
  for (const after of pair.after.producers) {
    const before =
      pair.before.producers.find(({ service }) => service === after.service) ??
      gone.find(({ owner }) => owner === after.owner);
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
