/**
 * Fetches from the partitions that are resumed: at most one request at a time to each broker, none for what is paused.
 * A slow partition holds up nobody, and nothing is ever fetched from an offset that the core did not name.
 */
import { BrokerError, type BrokerRecord, type ConsumerListener, type Headers, type PartitionRef } from '../broker.ts';
import { brokerError } from './client.ts';
import { type FetchedMessage, type FetchedPartition, type GroupCluster, readFetched } from './internals.ts';
import { byTopic, dropConnection, keyOf } from './member.ts';

/** How long a broker may hold an empty answer back; a partition that is resumed meanwhile waits for it. */
const maxWaitMs = 100;
const maxBytes = 10 * 1024 * 1024;
const maxBytesPerPartition = 1024 * 1024;
const readCommitted = 1;
const retryPauseMs = 200;
/** What the broker or this process refuses changes only when somebody does something about it. */
const refusedPauseMs = 3000;
/** Failures in a row before the core is told. */
const patience = 5;

interface Position {
  readonly ref: PartitionRef;
  next: bigint | undefined;
  paused: boolean;
  /** Rises with every seek: an answer to an older question is thrown away. */
  question: number;
  /** Fetched when the partition was paused meanwhile; delivered when it is resumed. */
  held: { readonly records: readonly BrokerRecord[]; readonly logEnd: bigint; readonly next: bigint } | undefined;
}

export class Fetcher {
  readonly #cluster: GroupCluster;
  readonly #listener: ConsumerListener;
  readonly #onPartitionCount: () => void;
  #positions = new Map<string, Position>();
  #counts = new Map<string, number>();
  readonly #asking = new Set<number>();
  #failures = 0;
  /** The core knows that something is wrong. */
  #told = false;
  #pumping: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;

  /** @param onPartitionCount called when a topic has another number of partitions than at the assignment */
  constructor(cluster: GroupCluster, listener: ConsumerListener, onPartitionCount: () => void) {
    this.#cluster = cluster;
    this.#listener = listener;
    this.#onPartitionCount = onPartitionCount;
  }

  /** Forgets everything and holds these partitions, all paused. */
  hold(partitions: readonly PartitionRef[]): void {
    this.#positions = new Map(
      partitions.map((ref) => [keyOf(ref), { ref, next: undefined, paused: true, question: 0, held: undefined }]),
    );
    this.#counts = new Map(
      [...new Set(partitions.map(({ topic }) => topic))].map((topic) => [topic, this.#count(topic)]),
    );
  }

  seek(ref: PartitionRef, offset: bigint): void {
    const position = this.#positions.get(keyOf(ref));
    if (position === undefined) return;
    position.next = offset;
    position.question += 1;
    position.held = undefined;
    this.#soon();
  }

  pause(refs: readonly PartitionRef[]): void {
    for (const ref of refs) {
      const position = this.#positions.get(keyOf(ref));
      if (position !== undefined) position.paused = true;
    }
  }

  resume(refs: readonly PartitionRef[]): void {
    for (const ref of refs) {
      const position = this.#positions.get(keyOf(ref));
      if (position !== undefined) position.paused = false;
    }
    this.#soon();
  }

  /** Never from within a call of the core: it must not be called back while it calls. */
  #soon(): void {
    this.#pumping ??= setImmediate(() => {
      this.#pumping = undefined;
      this.#pump();
    });
  }

  stop(): void {
    this.#positions = new Map();
    clearImmediate(this.#pumping);
    clearTimeout(this.#retry);
  }

  #pump(): void {
    if (this.#retry !== undefined) return;
    const byNode = new Map<number, Position[]>();
    for (const position of this.#positions.values()) {
      if (position.paused) continue;
      if (position.held !== undefined) {
        const { records, logEnd, next } = position.held;
        position.held = undefined;
        this.#listener.records(position.ref, records, logEnd, next);
        // The core may have paused it again at once.
        if (position.paused) continue;
      }
      const leader = position.next === undefined ? undefined : this.#leaderOf(position.ref);
      if (leader === undefined || this.#asking.has(leader)) continue;
      const list = byNode.get(leader);
      if (list === undefined) byNode.set(leader, [position]);
      else list.push(position);
    }
    for (const [node, positions] of byNode) {
      this.#asking.add(node);
      this.#fetch(node, positions).finally(() => {
        this.#asking.delete(node);
        this.#soon();
      });
    }
  }

  async #fetch(node: number, positions: readonly Position[]): Promise<void> {
    const asked = positions.map((position) => ({
      position,
      question: position.question,
      from: position.next ?? 0n,
      ...position.ref,
    }));
    try {
      await this.#cluster.refreshMetadataIfNecessary();
      this.#watchCounts();
      const broker = await this.#cluster.findBroker({ nodeId: node });
      const { responses } = await broker.fetch({
        isolationLevel: readCommitted,
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes,
        topics: byTopic(asked, ({ partition, from }) => ({
          partition,
          fetchOffset: String(from),
          maxBytes: maxBytesPerPartition,
        })),
      });
      for (const { topicName: topic, partitions } of responses) {
        for (const fetched of partitions) {
          const ask = asked.find((one) => one.topic === topic && one.partition === fetched.partition);
          if (ask !== undefined && this.#isCurrent(ask.position, ask.question))
            this.#take(ask.position, ask.from, fetched);
        }
      }
      if (this.#told) this.#listener.recovered();
      this.#told = false;
      this.#failures = 0;
    } catch (error) {
      const lost = outOfRange(error);
      if (lost === undefined) return this.#fail(error);
      const ask = asked.find((one) => one.topic === lost.topic && one.partition === lost.partition);
      if (ask === undefined || !this.#isCurrent(ask.position, ask.question)) return;
      ask.position.paused = true;
      ask.position.next = undefined;
      this.#listener.offsetLost(ask.position.ref, ask.from);
    }
  }

  /** Whether this is still the partition we hold, read from where we asked. */
  #isCurrent(position: Position, question: number): boolean {
    return this.#positions.get(keyOf(position.ref)) === position && position.question === question;
  }

  #take(position: Position, from: bigint, fetched: FetchedPartition): void {
    const { messages, next } = readFetched(position.ref.topic, from, fetched);
    position.next = next;
    if (next === from) return;
    const records = messages.map((message) => recordOf(position.ref, message));
    const logEnd = BigInt(fetched.highWatermark);
    if (position.paused) position.held = { records, logEnd, next };
    else this.#listener.records(position.ref, records, logEnd, next);
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#positions.size === 0) return;
    const told = readingError(error, [...this.#counts.keys()]);
    dropConnection(this.#cluster, error);
    this.#failures += 1;
    const refused = told.reason === 'refused';
    this.#retry ??= setTimeout(
      () => {
        this.#retry = undefined;
        this.#soon();
      },
      refused ? refusedPauseMs : retryPauseMs,
    );
    // Moved leaders and restarting brokers are everyday.
    if (refused || this.#failures % patience === 0) {
      this.#told = true;
      this.#listener.failed(told, false);
    }
    await this.#cluster.refreshMetadata().catch(() => {});
  }

  #leaderOf({ topic, partition }: PartitionRef): number | undefined {
    const leader = this.#metadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
    if (leader === undefined || leader < 0) {
      void this.#fail(new Error(`${topic}/${partition} has no leader`));
      return undefined;
    }
    return leader;
  }

  #count(topic: string): number {
    return this.#metadata(topic).length;
  }

  #metadata(topic: string): ReturnType<GroupCluster['findTopicPartitionMetadata']> {
    try {
      return this.#cluster.findTopicPartitionMetadata(topic);
    } catch {
      // Not loaded yet: the next refresh brings it.
      return [];
    }
  }

  #watchCounts(): void {
    for (const [topic, count] of this.#counts) {
      const now = this.#count(topic);
      if (now > count) {
        this.#counts.set(topic, now);
        this.#onPartitionCount();
      }
    }
  }
}

function readingError(error: unknown, topics: readonly string[]): BrokerError {
  if (!(error instanceof Error) || error.name !== 'KafkaJSNotImplemented') return brokerError(error, 'unreachable');
  const advice = `Register a codec with kafkajs' CompressionCodecs before the runtime starts (for example npm kafkajs-snappy or kafkajs-lz4), or let the producers use gzip or zstd`;
  return new BrokerError('refused', `${topics.join(', ')} cannot be read: ${error.message}. ${advice}`, {
    cause: error,
  });
}

function outOfRange(error: unknown): PartitionRef | undefined {
  if (!(error instanceof Error) || error.name !== 'KafkaJSOffsetOutOfRange') return undefined;
  const { topic, partition } = error as Error & { readonly topic?: unknown; readonly partition?: unknown };
  return typeof topic === 'string' && typeof partition === 'number' ? { topic, partition } : undefined;
}

const nothing = new Uint8Array(0);

function recordOf({ topic, partition }: PartitionRef, message: FetchedMessage): BrokerRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers ?? {}),
  };
}

/**
 * kafkajs looks a header's earlier values up in a plain object, so that one called `constructor` seems to have had one:
 * only bytes are taken.
 */
function headersOf(headers: NonNullable<FetchedMessage['headers']>): Headers {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one === null || one instanceof Uint8Array)
      .map((one): [string, Uint8Array] => [name, one ?? nothing]),
  );
}
