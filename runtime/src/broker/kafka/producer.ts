/**
 * The producer. One request is under way at a time, so that records keep the order in which they were sent; what is
 * sent meanwhile goes with the next one.
 */
import { partitionOf } from '../../envelope/murmur2.ts';
import { BrokerError, type BrokerProducer, type OutgoingRecord } from '../broker.ts';
import { brokerError } from './errors.ts';
import type { TopicLimits } from './topic-limits.ts';

export type Acks = 'all' | 'leader' | 'none';

export interface PlacedRecord extends OutgoingRecord {
  readonly partition: number;
}

/** What a client of Kafka writes records with. After a failure it is closed, and another one is opened. */
export interface RecordWriter {
  /**
   * Writes them, those of one partition in their order, and repeats what may be repeated; once `all` is acknowledged, a
   * repeat was recognised by the broker. Rejects when any of them may not have been written.
   */
  write(records: readonly PlacedRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface ProducerOptions {
  open(acks: Acks): Promise<RecordWriter>;
  limits(topic: string): Promise<TopicLimits>;
  /** Records that go in one request. */
  readonly maxRecords: number;
}

interface Job {
  readonly records: readonly OutgoingRecord[];
  readonly acks: Acks;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
}

export class KafkaProducer implements BrokerProducer {
  readonly #options: ProducerOptions;
  readonly #queue: Job[] = [];
  readonly #writers = new Map<Acks, Promise<RecordWriter>>();
  readonly #limits = new Map<string, Promise<TopicLimits>>();
  /** Where the next record without a key goes, per topic. */
  readonly #turns = new Map<string, number>();
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  send(records: readonly OutgoingRecord[], acks: Acks): Promise<void> {
    if (this.#closed) return Promise.reject(new BrokerError('refused', 'the producer is closed'));
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, acks, resolve, reject });
      this.#pumping ??= this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    const writers = await Promise.allSettled(this.#writers.values());
    this.#writers.clear();
    await Promise.all(
      writers.map((writer) => (writer.status === 'fulfilled' ? writer.value.close().catch(() => {}) : undefined)),
    );
  }

  async #pump(): Promise<void> {
    // A tick later, so that what is sent in one go leaves in one request.
    await Promise.resolve();
    for (let jobs = this.#take(); jobs.length > 0; jobs = this.#take()) {
      const fit = await this.#checked(jobs);
      const acks = fit[0]?.acks;
      if (acks === undefined) continue;
      try {
        const records = fit.flatMap((job) => job.records);
        const limits = await this.#limitsOf(records);
        const writer = await this.#writer(acks);
        const placed = records.map((record) => this.#place(record, limits.get(record.topic)?.partitions ?? 1));
        for (const batch of batches(placed, limits, this.#options.maxRecords)) await writer.write(batch);
        for (const job of fit) job.resolve();
      } catch (error) {
        const told = brokerError(error, 'unreachable');
        await this.#discard(acks);
        for (const job of fit) job.reject(told);
      }
    }
    // In the tick in which the queue was found empty: what is sent from now on starts another pump.
    this.#pumping = undefined;
  }

  /** The next jobs of one kind, about a request's worth. */
  #take(): readonly Job[] {
    const acks = this.#queue[0]?.acks;
    let count = 0;
    let jobs = 0;
    while (this.#queue[jobs]?.acks === acks && jobs < this.#queue.length && count < this.#options.maxRecords) {
      count += this.#queue[jobs]?.records.length ?? 0;
      jobs += 1;
    }
    return this.#queue.splice(0, jobs);
  }

  /** The jobs whose topics exist and whose records fit; the others are told at once, nothing of them being written. */
  async #checked(jobs: readonly Job[]): Promise<readonly Job[]> {
    const fit: Job[] = [];
    for (const job of jobs) {
      try {
        const limits = await this.#limitsOf(job.records);
        const large = job.records.find((record) => sizeOf(record) > (limits.get(record.topic)?.maxBatchBytes ?? 0));
        if (large !== undefined) {
          throw new BrokerError('too-large', `a record of ${sizeOf(large)} bytes is more than ${large.topic} takes`);
        }
        fit.push(job);
      } catch (error) {
        job.reject(brokerError(error, 'unreachable'));
      }
    }
    return fit;
  }

  async #limitsOf(records: readonly OutgoingRecord[]): Promise<ReadonlyMap<string, TopicLimits>> {
    const limits = new Map<string, TopicLimits>();
    for (const { topic } of records) {
      if (limits.has(topic)) continue;
      const known = this.#limits.get(topic) ?? this.#options.limits(topic);
      this.#limits.set(topic, known);
      try {
        limits.set(topic, await known);
      } catch (error) {
        this.#limits.delete(topic);
        throw error;
      }
    }
    return limits;
  }

  #writer(acks: Acks): Promise<RecordWriter> {
    const known = this.#writers.get(acks);
    if (known !== undefined) return known;
    const opened = this.#options.open(acks);
    this.#writers.set(acks, opened);
    return opened;
  }

  /**
   * The next request must not go under the sequence numbers of the failed one: a broker that had written the first would
   * take it for its repeat, acknowledge it and throw it away. A new writer has a new identity.
   */
  async #discard(acks: Acks): Promise<void> {
    const writer = this.#writers.get(acks);
    this.#writers.delete(acks);
    this.#limits.clear();
    await writer?.then((open) => open.close()).catch(() => {});
  }

  /**
   * Once for all repeats: a client that placed a record without a key anew at every one would send another batch under
   * the same sequence number, and the broker would take it for the first one's repeat.
   */
  #place(record: OutgoingRecord, partitions: number): PlacedRecord {
    const { topic, partition, key } = record;
    if (partition !== undefined) return { ...record, partition };
    if (key !== null) return { ...record, partition: partitionOf(key, partitions) };
    const turn = this.#turns.get(topic) ?? Math.floor(Math.random() * partitions);
    this.#turns.set(topic, (turn + 1) % partitions);
    return { ...record, partition: turn % partitions };
  }
}

/** Splits at what a topic takes in one batch; counted per topic, which is on the safe side of per partition. */
function* batches(
  records: readonly PlacedRecord[],
  limits: ReadonlyMap<string, TopicLimits>,
  maxRecords: number,
): Generator<readonly PlacedRecord[]> {
  let batch: PlacedRecord[] = [];
  const bytes = new Map<string, number>();
  for (const record of records) {
    const size = (bytes.get(record.topic) ?? 0) + sizeOf(record);
    if (batch.length === maxRecords || (batch.length > 0 && size > (limits.get(record.topic)?.maxBatchBytes ?? 0))) {
      yield batch;
      batch = [];
      bytes.clear();
    }
    bytes.set(record.topic, (bytes.get(record.topic) ?? 0) + sizeOf(record));
    batch.push(record);
  }
  if (batch.length > 0) yield batch;
}

/** An upper bound of what a record takes in a batch. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const recordOverhead = 40;
  const headerOverhead = 10;
  let size = recordOverhead + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, bytes] of headers) size += headerOverhead + Buffer.byteLength(name) + bytes.byteLength;
  return size;
}
