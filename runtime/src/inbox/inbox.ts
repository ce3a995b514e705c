/**
 * The inbox port: a record's effect and its idempotency key in one transaction (I4), fenced by the epoch of the
 * partition's owner (I2). Every adapter passes test/conformance/inbox.suite.ts.
 */

/** Number of times a partition changed hands; grows with every take-over. */
export type Epoch = bigint;

export interface InboxPartition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

export interface InboxOwner {
  readonly member: string;
  /** Of the group, under which the partition was assigned. */
  readonly generation: number;
}

export interface InboxRecord extends InboxPartition {
  readonly offset: bigint;
  readonly epoch: Epoch;
  /** Canonical text of the idempotency key. */
  readonly key: string;
  /** sha256 over the canonical payload: the same key with other content is reported. */
  readonly payloadHash: Uint8Array;
  readonly windowMs: number;
  /** Bound of the whole transaction, handler included. */
  readonly timeoutMs: number;
  /** It came out of the line: `handle` takes its row away in the same transaction. */
  readonly parked: boolean;
}

export type InboxOutcome =
  /** Effect and key are committed. */
  | { readonly outcome: 'handled' }
  /** The key was there: nothing was done. `mismatch`: with another payload. */
  | { readonly outcome: 'duplicate'; readonly mismatch: boolean }
  /**
   * `markDead` did it, or an earlier owner had marked this very record (same topic, partition and offset) and may have
   * ended before its evidence was acknowledged: the caller produces the evidence (again). The handler did not run. A
   * key marked dead by another record answers `duplicate`.
   */
  | { readonly outcome: 'dead' };

/** `Tx` is what the handler gets as `tx`: for PostgreSQL an object with `query(text, values)`. */
export interface Inbox<Tx = unknown> {
  readonly name: string;
  /** Effect and key commit together; false for stores that are not transactional. */
  readonly transactional: boolean;
  /** Throws when the migrations were not applied or the store cannot be reached; never changes the schema. */
  connect(): Promise<void>;
  /**
   * Raises the partition's epoch over every earlier owner and answers it; earlier owners' transactions fail from then
   * on. Throws InboxError `fenced`, with the epoch as `held`, when a later generation holds the partition.
   *
   * A group that was forgotten counts its generations from 1 again. Whoever has seen `held`, and was told by the group
   * *after that* that it is the owner, passes it as `over`: the generation does not count then, so long as the
   * partition is still at that epoch.
   */
  takeOver(partition: InboxPartition, owner: InboxOwner, over?: Epoch): Promise<Epoch>;
  /**
   * Claim, handler, fence, commit. The handler's own error is rethrown untouched after the rollback; InboxError `fenced`
   * when the epoch is not ours any more; `unavailable` when the store failed and nothing was committed.
   */
  handle(record: InboxRecord, handler: (tx: Tx) => Promise<unknown>): Promise<InboxOutcome>;
  /**
   * The same for several records of one partition under one epoch, window and time-out, in one transaction: their keys,
   * all different, are claimed in one order by every caller, so that no two batches wait for each other. Answers an
   * outcome for each record. The handler runs once, when at least one record is `handled`, and is told beforehand what
   * each would come to; when it throws, nothing of the batch was claimed.
   */
  handleBatch(
    records: readonly InboxRecord[],
    handler: (tx: Tx, outcomes: readonly InboxOutcome[]) => Promise<unknown>,
  ): Promise<readonly InboxOutcome[]>;
  /**
   * Remembers under the fence that the record is a dead letter, before its evidence is produced: `dead`, or `duplicate`
   * when another record holds the key. Never answers `handled`.
   */
  markDead(record: InboxRecord): Promise<InboxOutcome>;
  /** Forgets keys whose window is over; safe at any time, by any member. */
  expire(): Promise<void>;
  close(): Promise<void>;
  /** For tests: ends every connection at once and for good, in the middle of what it does, as a kill would. */
  sever?(): void;
}

export type InboxErrorReason = 'fenced' | 'unavailable' | 'not-migrated' | 'timeout';

export class InboxError extends Error {
  override readonly name = 'InboxError';
  readonly reason: InboxErrorReason;
  readonly retryable: boolean;
  /** The epoch at which a refused take-over found the partition. */
  readonly held: Epoch | undefined;
  constructor(
    reason: InboxErrorReason,
    message: string,
    options: { readonly cause?: unknown; readonly held?: Epoch | undefined } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.held = options.held;
    this.retryable = reason === 'unavailable' || reason === 'timeout';
  }
}
