/** One record on its way through the consumer, the share of a partition and the batch that it belongs to. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { CancelTimer } from '../clock.ts';
import type { Death } from '../dead-letter/evidence.ts';
import type { Epoch } from '../inbox/inbox.ts';
import type { LossEpoch } from '../loss/loss-record.ts';
import type { OffsetRun, Suspect } from './commit-metadata.ts';
import type { Run } from './context.ts';
import { CrashWatch, suspectsAfter } from './crash-watch.ts';
import type { Timed } from './deadlines.ts';
import type { InLane, Lane, Lanes } from './lanes.ts';
import { Ledger, type Tracked } from './ledger.ts';
import type { Start } from './positions.ts';
import { Remembered } from './remembered.ts';
import type { Sequences } from './sequences.ts';
import type { InLine, LineKey, ShareLine } from './share-line.ts';

/** Stands in for a record that is passed: behind a gap its bytes would fill the memory. */
const passedRecord: BrokerRecord = {
  topic: '',
  partition: -1,
  offset: -1n,
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
};

export class Entry implements Tracked, InLane<Entry>, InLine, Timed<Entry> {
  record: BrokerRecord;
  /** The record's; it outlives the record. */
  readonly offset: bigint;
  readonly share: Share;
  /** Which event it is: the place of its contract among those of the consumer. */
  readonly type: number;
  lane: Lane<Entry> | undefined = undefined;
  ahead: Entry | undefined = undefined;
  behind: Entry | undefined = undefined;
  earlier: Entry | undefined = undefined;
  later: Entry | undefined = undefined;
  passed = false;
  provisional = false;
  running = false;
  /** Became head of its lane, was taken by the dispatcher, and is not settled. */
  started = false;
  /** A handler was given it, whatever came of that: no policy gives it up any more. */
  handed = false;
  startedAt = 0;
  /** Processes that died while it ran alone; `undefined`: it may run beside others. */
  deaths: number | undefined = undefined;
  /** Given up by the policy, and in its lane until no later owner can decide otherwise. */
  held = false;
  /** `clock.monotonic()` when it came; `undefined` once the time until its start was told. */
  arrivedAt: number | undefined = undefined;
  /** `clock.monotonic()` when it became head of its lane; `undefined` in one batch with its predecessor. */
  headAt: number | undefined = undefined;
  /** Attempts that began; the one that runs included. */
  attempts = 0;
  /** Times that the store or the dead-letter topic was away, for the backoff only. */
  outages = 0;
  firstAttemptAt = 0;
  firstFailureAt = 0;
  lastFailureAt = 0;
  /** Where its contract declares one, and it is no duplicate. */
  sequence: number | undefined = undefined;
  error: unknown = undefined;
  /** Why it is a dead letter; it stays one from then on. */
  death: Death | undefined = undefined;
  context: Run | undefined = undefined;
  /** With `batch`: collected there, and not concluded. */
  batch: Batch | undefined = undefined;
  /** With `batch`: handled in one of its own from now on. */
  alone = false;
  /** The key whose rows come behind it in the line, or of which it is one. */
  lineKey: LineKey | undefined = undefined;
  /** It has a row in the line: if the log gives it again, the row is what it is recognised by. */
  row = false;
  /** It came out of the line into memory: the ledger passed it long ago. */
  paged = false;
  /** What an attempt at it came to while its row could not be taken away yet. */
  outcome: 'handled' | 'duplicate' | 'mismatch' | undefined = undefined;
  /** Its dead letter was acknowledged by the broker. */
  evidenced = false;
  /** How often it became a dead letter, the one under way included. */
  died = 0;

  constructor(record: BrokerRecord, share: Share, type = 0) {
    this.record = record;
    this.offset = record.offset;
    this.share = share;
    this.type = type;
  }

  /** Nobody asks for the record of a passed entry any more. */
  letGo(): void {
    this.record = passedRecord;
    this.error = undefined;
    this.death = undefined;
  }
}

/**
 * A partition under one assignment: the assignment's epoch is this object's identity. When `live` is false, nothing of
 * what its entries still do counts.
 */
export class Share {
  readonly partition: number;
  /** Of the group, under which the partition is ours. */
  readonly generation: number;
  readonly lanes: Lanes<Entry>;
  live = true;
  /** Taken over: records may come. */
  open = false;
  /** The store had another owner for it: the group is asked before the epoch is raised. */
  contested = false;
  /** Stands still until somebody decides. */
  stopped = false;
  ledger = new Ledger<Entry>(0n);
  /** Passed by an earlier owner, above the offset that it committed. */
  remembered = new Remembered([]);
  /** The store's epoch, where there is a store. */
  epoch: Epoch = 0n;
  /** Where there is a line. */
  line: ShareLine<Entry> | undefined = undefined;
  /** Of the loss ledger, for consumers that keep one. */
  lossEpoch: LossEpoch | undefined = undefined;
  /** The highest offset that is passed, or will be before the drain ends; -1: none. */
  highest = -1n;
  /** What the broker is known to hold. */
  committed: bigint | undefined = undefined;
  watch = new CrashWatch(0, [], 0n, 0);
  /** Records that are not passed and that a process died of, or may die of now; by offset. */
  readonly suspects = new Map<bigint, Suspect>();
  /** It is being let go in good order. */
  leaving = false;
  /** What a commit says beside the offset has changed. */
  untold = false;
  /** The metadata that the broker is known to hold. */
  told = '';
  /** Passed records above the frontier that the last commit had no room for. */
  overflow = 0;
  /** A commit was not answered: what the broker holds must be read back before it is relied on. */
  doubt = false;
  /** When a commit was not answered last, monotonic milliseconds: it may still arrive and rewind a later one. */
  doubtedAt = Number.NEGATIVE_INFINITY;
  logEnd: bigint | undefined = undefined;
  paused = false;
  /** By type: what was passed under this assignment. */
  readonly sequences: (Sequences | undefined)[] = [];
  /** With `batch`, by type: what is being collected. */
  readonly forming: (Batch | undefined)[] = [];
  /** Records in memory that are not passed, or came out of the line and are not settled; lost ones are counted beside them. */
  unpassed = 0;
  /** Losses that the loss ledger has not acknowledged. */
  losing = 0;
  /** Those of them that were started. */
  inFlight = 0;

  constructor(partition: number, generation: number, lanes: Lanes<Entry>) {
    this.partition = partition;
    this.generation = generation;
    this.lanes = lanes;
  }

  /**
   * Before the first record is read. `died`: the owner before is gone without a word; `window`: records that may have
   * been in flight then.
   */
  begin({ start, committed, logEnd, gaps, said }: Start, died: boolean, window: number): void {
    this.ledger = new Ledger<Entry>(gaps[0]?.from ?? start);
    this.logEnd = logEnd;
    // An offset that is not ours to go on from says nothing about what we have passed.
    this.committed = committed === start ? committed : undefined;
    if (said === undefined) return;
    this.remembered = new Remembered(said.completed);
    const suspects = suspectsAfter(said, died);
    for (const suspect of suspects) this.suspects.set(suspect.offset, suspect);
    this.watch = new CrashWatch(said.crashes + Number(died), suspects, logEnd, window);
  }

  /** Passed above the frontier, by this owner or by an earlier one. */
  *completed(): Iterable<OffsetRun> {
    yield* this.ledger.completed();
    yield* this.remembered.from(this.ledger.next);
  }

  get waiting(): number {
    return this.unpassed - this.inFlight;
  }
}

/** With `batch`: records of one share and type that the handler gets together. */
export class Batch {
  readonly entries: Entry[] = [];
  /** Records may still join. */
  forming = true;
  /** Ends the wait for more. */
  cancel: CancelTimer = () => undefined;
}
