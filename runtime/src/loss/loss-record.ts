/**
 * What stands in a loss ledger, as JSON that a person can read: who took a partition over, and which offsets were lost,
 * why, when, and with whose approval. Offsets are decimal strings, since a JSON number holds less than 64 bits.
 */
import type { DropPolicy } from './loss-topic.ts';
import { countOf, type OffsetRanges, parseRanges, printRanges, united } from './offset-ranges.ts';

/**
 * Why offsets were lost: a policy of the contract; `retention`: the broker had deleted them before they were read;
 * `on-offset-lost`: they were skipped because the contract says `onOffsetLost: latest`.
 */
export type LossCause = DropPolicy | 'retention' | 'on-offset-lost';

export const lossCauses: readonly LossCause[] = ['drop-oldest', 'drop-newest', 'sample', 'retention', 'on-offset-lost'];

/**
 * One ownership of a partition, as its ledger orders them. The end of the ledger's log comes first, because a group that
 * was forgotten counts its generations from 1 again and a log never does.
 */
export interface LossEpoch {
  /** Of the ledger's partition, when the owner looked; the group has confirmed the owner after that. */
  readonly ledgerEnd: bigint;
  /** Of the group. */
  readonly generation: number;
}

export interface TakeOver {
  readonly kind: 'take-over';
  readonly partition: number;
  readonly epoch: LossEpoch;
  /** The committed offset that the owner goes on from. */
  readonly frontier: bigint;
  /** Offsets beyond it that the commit names as passed: they are not decided again. */
  readonly passed: OffsetRanges;
}

export interface Loss {
  readonly kind: 'loss';
  readonly partition: number;
  readonly epoch: LossEpoch;
  readonly cause: LossCause;
  readonly offsets: OffsetRanges;
}

export type LossRecord = TakeOver | Loss;

/** What every record of one ledger has in common. */
export interface LossLedgerNames {
  readonly group: string;
  /** Of the events. */
  readonly topic: string;
  /** Team that agreed to lose events. */
  readonly approvedBy: string | undefined;
}

/** Negative when `a` is the older one; 0 for one and the same. */
export function compareEpochs(a: LossEpoch, b: LossEpoch): number {
  if (a.ledgerEnd !== b.ledgerEnd) return a.ledgerEnd < b.ledgerEnd ? -1 : 1;
  return a.generation - b.generation;
}

/** `now`: milliseconds since 1970. */
export function encodeLossRecord(record: LossRecord, names: LossLedgerNames, now: number): Uint8Array {
  const { kind, partition } = record;
  const { group, topic, approvedBy } = names;
  const epoch = { ledgerEnd: String(record.epoch.ledgerEnd), generation: record.epoch.generation };
  const place = { kind, group, topic, partition, epoch, at: new Date(now).toISOString() };
  const what = record.kind === 'take-over' ? takeOverFields(record) : lossFields(record, approvedBy);
  return Buffer.from(JSON.stringify({ ...place, ...what }));
}

function takeOverFields({ frontier, passed }: TakeOver) {
  return { frontier: String(frontier), passed: printRanges(passed) };
}

function lossFields({ cause, offsets }: Loss, approvedBy: string | undefined) {
  const policy = cause;
  // Nobody approves what the broker deletes.
  const approval = cause === 'retention' || cause === 'on-offset-lost' ? {} : { approvedBy };
  const bounds = { from: String(offsets[0]?.from), to: String(offsets.at(-1)?.to), count: String(countOf(offsets)) };
  return { policy, ...approval, ...bounds, offsets: printRanges(offsets) };
}

/** `undefined` for a value that is no record of a loss ledger. */
export function parseLossRecord(value: Uint8Array | null): LossRecord | undefined {
  const read = parseObject(value);
  const epoch = read?.epoch as { readonly ledgerEnd?: unknown; readonly generation?: unknown } | undefined;
  const ledgerEnd = offsetOf(epoch?.ledgerEnd);
  if (read === undefined || ledgerEnd === undefined || typeof read.partition !== 'number') return undefined;
  if (typeof epoch?.generation !== 'number') return undefined;
  const place = { partition: read.partition, epoch: { ledgerEnd, generation: epoch.generation } };
  if (read.kind === 'take-over') {
    const frontier = offsetOf(read.frontier);
    const passed = rangesOf(read.passed);
    return frontier === undefined || passed === undefined
      ? undefined
      : { kind: 'take-over', ...place, frontier, passed };
  }
  const cause = lossCauses.find((one) => one === read.policy);
  const offsets = rangesOf(read.offsets);
  if (read.kind !== 'loss' || cause === undefined || offsets === undefined) return undefined;
  return { kind: 'loss', ...place, cause, offsets };
}

function parseObject(value: Uint8Array | null): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(value).toString());
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function offsetOf(text: unknown): bigint | undefined {
  return typeof text === 'string' && /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}

function rangesOf(text: unknown): OffsetRanges | undefined {
  const ranges = typeof text === 'string' ? parseRanges(text) : undefined;
  return ranges === undefined ? undefined : united(ranges);
}
