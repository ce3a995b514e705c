/**
 * The driver port: what the consumer core and the producer need of a broker, and nothing else. Adapters translate;
 * retries, order, commits and policies are the core's. Every adapter passes test/conformance/broker.suite.ts.
 */

/** Header values are bytes; order and repeats are kept as the driver gives them. */
export type Headers = readonly (readonly [name: string, value: Uint8Array])[];

export interface BrokerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

export interface OutgoingRecord {
  readonly topic: string;
  /** Absent: by key as Java's default partitioner does (murmur2), or any when there is no key. */
  readonly partition?: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
  readonly timestamp?: number;
}

export interface PartitionRef {
  readonly topic: string;
  readonly partition: number;
}

/** What an adapter can do; a contract that needs more is refused at start, all reasons at once. */
export interface BrokerFeatures {
  /** A revoked partition is drained and committed before another member gets it. */
  readonly drainOnRevoke: boolean;
  /** Commits carry metadata and give it back. */
  readonly commitMetadata: boolean;
  readonly timestamps: 'create' | 'append';
}

export interface Broker {
  readonly name: string;
  readonly features: BrokerFeatures;
  /** Opens connections; throws BrokerError when the broker cannot be reached. */
  connect(): Promise<void>;
  producer(options: { readonly clientId: string }): BrokerProducer;
  consumer(options: BrokerConsumerOptions, listener: ConsumerListener): BrokerConsumer;
  admin(): BrokerAdmin;
  /** Ends everything that was opened through this broker. */
  close(): Promise<void>;
}

export interface BrokerProducer {
  /**
   * Resolves when every record is acknowledged as `acks` says; records of one partition keep their order. Rejects with
   * BrokerError; then any of the records may have been written.
   */
  send(records: readonly OutgoingRecord[], acks: 'all' | 'leader' | 'none'): Promise<void>;
  close(): Promise<void>;
}

export interface BrokerConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly clientId: string;
  /** A member silent for longer loses its partitions. */
  readonly sessionTimeoutMs: number;
  /** How long a rebalance waits for `revoking` to drain. */
  readonly rebalanceTimeoutMs: number;
}

export interface Assignment {
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly PartitionRef[];
}

export interface CommittedOffset extends PartitionRef {
  /** `undefined`: the group never committed here. */
  readonly offset: bigint | undefined;
  readonly metadata: string;
}

export interface OffsetCommit extends PartitionRef {
  /** Next offset to read. */
  readonly offset: bigint;
  readonly metadata: string;
}

/** The adapter calls these; none may throw. */
export interface ConsumerListener {
  /**
   * The member owns these partitions now, and no others. All of them are paused: the core takes over (reads committed
   * offsets, seeks, resumes). Called for every generation, also when nothing changed hands.
   */
  assigned(assignment: Assignment): void;
  /** The member is about to rejoin. Resolve after stopping, draining and committing, within the rebalance time-out. */
  revoking(): Promise<void>;
  /** Partitions are gone without a chance to drain: the session expired or the connection was cut. */
  lost(): void;
  /**
   * In offset order per partition, only from partitions that were resumed. Must return at once: it buffers. `next`: the
   * position that is fetched next, where the adapter knows it; beyond the last record when the log ends in offsets that
   * hold none (transaction markers), and then `records` may be empty.
   */
  records(partition: PartitionRef, records: readonly BrokerRecord[], logEnd: bigint, next?: bigint): void;
  /** The position to fetch from does not exist any more (or yet); the partition stays paused. */
  offsetLost(partition: PartitionRef, position: bigint): void;
  /** The adapter lost the group and is reconnecting (`fatal: false`), or gave up. */
  failed(error: Error, fatal: boolean): void;
  /** After `failed(…, false)`: records can be read again. An assignment says the same. */
  recovered(): void;
}

export interface BrokerConsumer {
  /** Joins the group; assignments arrive at the listener. */
  start(): Promise<void>;
  seek(partition: PartitionRef, offset: bigint): void;
  pause(partitions: readonly PartitionRef[]): void;
  resume(partitions: readonly PartitionRef[]): void;
  /** Reads back what the group has committed. */
  committed(partitions: readonly PartitionRef[]): Promise<readonly CommittedOffset[]>;
  /**
   * One attempt under the generation of the call. Rejects with BrokerError: `fenced` (the member does not own them any
   * more) or `unknown` (no answer: it may have been written).
   */
  commit(offsets: readonly OffsetCommit[]): Promise<void>;
  /**
   * Asks the group: resolves when it answered, after this call, that the assignment still stands. Rejects with
   * BrokerError `fenced` when it does not or is about to be decided anew, `unreachable` when nobody answered.
   */
  confirm(): Promise<void>;
  /** Leaves the group; nothing is committed by itself. */
  stop(): Promise<void>;
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface BrokerAdmin {
  describeTopics(topics: readonly string[]): Promise<readonly (TopicDescription | undefined)[]>;
  /** Creates what is missing; an existing topic is left alone. */
  createTopics(
    topics: readonly {
      readonly topic: string;
      readonly partitions: number;
      readonly replication: number;
      readonly config: Readonly<Record<string, string>>;
    }[],
  ): Promise<void>;
  /** Client ids of the members of a group. */
  groupClients(group: string): Promise<readonly string[]>;
  /** First and next offset of each partition. */
  offsets(
    topic: string,
  ): Promise<readonly { readonly partition: number; readonly start: bigint; readonly end: bigint }[]>;
  /**
   * Of each partition the offset of the first record whose timestamp is that time or later, in milliseconds since 1970;
   * the next offset where there is none.
   */
  offsetsForTime(
    topic: string,
    time: number,
  ): Promise<readonly { readonly partition: number; readonly offset: bigint }[]>;
}

export type BrokerErrorReason = 'unreachable' | 'fenced' | 'unknown' | 'too-large' | 'missing-topic' | 'refused';

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly reason: BrokerErrorReason;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  constructor(reason: BrokerErrorReason, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
    this.retryable = reason === 'unreachable' || reason === 'unknown';
  }
}
