/**
 * The line port: where records wait durably behind a key that does not go on, and where the dead wait for somebody's
 * decision. Rows belong to their source partition and are written by its owner only, under the fence of its epoch (I2);
 * people may release and discard what is dead. Every adapter passes test/conformance/line.suite.ts.
 */
import type { BrokerRecord } from '../broker/broker.ts';
import type { Death } from '../dead-letter/evidence.ts';
import type { Epoch, InboxPartition } from '../inbox/inbox.ts';

export type LineState =
  /** Behind a predecessor of its key; it runs when it is the first of its key. */
  | 'waiting'
  /** Its key stands still until it is replayed or discarded. */
  | 'dead'
  /** It was dead and runs again, at its old place. */
  | 'ready'
  /** Somebody decided that it shall never run; kept as the record of that decision, without its content. */
  | 'discarded';

/** A partition under one epoch: what its owner's calls are fenced by. */
export interface LineOwner extends InboxPartition {
  readonly epoch: Epoch;
}

export interface LinePlace extends InboxPartition {
  readonly offset: bigint;
}

export interface LineRecord {
  readonly record: BrokerRecord;
  /** 64 bits of a hash of what orders the record, see key-hash.ts. Keys that share one wait for each other, no more. */
  readonly keyHash: bigint;
}

export interface DeadRecord extends LineRecord {
  /** How often it has died, this time included. */
  readonly deaths: number;
  readonly death: Death;
}

export interface LineRow extends LineRecord {
  readonly state: 'waiting' | 'dead' | 'ready';
  readonly deaths: number;
}

/** A row, in the place of the record that the log gives once more. */
export interface LineMark {
  readonly offset: bigint;
  readonly state: LineState;
  readonly deaths: number;
  /** The death whose evidence was not acknowledged yet. */
  readonly owed: Death | undefined;
  /** Of the record; with `digest` it tells a record from another one at the same offset of a topic that was made anew. */
  readonly timestamp: number;
  /** sha256 of the record's key and value, see key-hash.ts. */
  readonly digest: Uint8Array;
}

/** What an owner must know before it reads a partition on. */
export interface LineView {
  /** Every key that has rows. Discarded ones are none. */
  readonly keys: readonly { readonly keyHash: bigint; readonly rows: number; readonly first: bigint }[];
  readonly dead: readonly { readonly keyHash: bigint; readonly offset: bigint; readonly deaths: number }[];
  /** Rows of any state at the offset asked for and behind it. */
  readonly marks: readonly LineMark[];
  /** The dead before that offset whose evidence was not acknowledged. */
  readonly owed: readonly DeadRecord[];
}

export interface LineNews {
  /** Those of the dead asked for that are dead no more. `deaths`: what they had come to. */
  readonly decided: readonly {
    readonly offset: bigint;
    readonly deaths: number;
    readonly state: 'ready' | 'discarded';
  }[];
  /** Timestamp of the partition's first record that waits or is dead. */
  readonly oldest: number | undefined;
}

export interface LineQuery {
  readonly group?: string;
  readonly topic?: string;
  readonly state?: LineState;
  /** Rows behind this place in the order of the list, for the next page. */
  readonly after?: LinePlace;
  /** Default: 100. */
  readonly limit?: number;
}

/** What people see of a row: nothing of what the record says. */
export interface LineItem extends LinePlace {
  readonly state: LineState;
  readonly deaths: number;
  /** Of the record, milliseconds since 1970. */
  readonly timestamp: number;
  /** Since when it stands in the line, milliseconds since 1970. */
  readonly since: number;
  /** Why it died last; classified values are redacted. */
  readonly death: Death | undefined;
  /** The dead letter was acknowledged: it may be replayed or discarded. */
  readonly evidence: boolean;
  readonly decision: Decision | undefined;
}

export interface Decision {
  /** Who decided. */
  readonly by: string;
  readonly reason: string;
}

/**
 * The first six are the owner's: each fails with InboxError `fenced` unless the epoch is still the partition's, may be
 * repeated without harm when its answer was lost, and fails with `unavailable` when the store is away. The last four ask
 * for no epoch.
 */
export interface Line {
  /** `from`: the offset from which the log is read. */
  read(owner: LineOwner, from: bigint): Promise<LineView>;
  /** A row `waiting` for each; a record that has a row keeps it as it is. */
  park(owner: LineOwner, records: readonly LineRecord[]): Promise<void>;
  /** The first rows of each of these keys, in offset order. Discarded ones are none. */
  page(owner: LineOwner, keyHashes: readonly bigint[], rowsPerKey: number): Promise<readonly LineRow[]>;
  /** The row `dead`, new or not; its evidence is owed from then on. Changes nothing where `deaths` has been reached. */
  bury(owner: LineOwner, dead: DeadRecord): Promise<void>;
  /** The evidence of that death was acknowledged. */
  evidenced(owner: LineOwner, offset: bigint, deaths: number): Promise<void>;
  /** The record is settled: its row goes. */
  settle(owner: LineOwner, offset: bigint): Promise<void>;

  /** What became of the dead at these offsets, seen from a moment after the call. */
  watch(partition: InboxPartition, dead: readonly bigint[]): Promise<LineNews>;
  /** By group, topic, partition and offset. */
  list(query: LineQuery): Promise<readonly LineItem[]>;
  /** `dead` becomes `ready`; answers false, and does nothing, for what is not dead or has no acknowledged evidence. */
  replay(place: LinePlace): Promise<boolean>;
  /** `dead` becomes `discarded`: settled without having run. Answers as `replay` does. */
  discard(place: LinePlace, decision: Decision): Promise<boolean>;
}
