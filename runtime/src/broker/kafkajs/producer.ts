/**
 * The producer. One request is under way at a time, so that records keep the order in which they were sent; what is
 * sent meanwhile goes with the next one.
 */
import { type Message, Partitioners, type Producer } from 'kafkajs';
import { BrokerError, type BrokerProducer, type OutgoingRecord } from '../broker.ts';
import { brokerError, createClient, type KafkaOptions } from './client.ts';
import { readTopicLimits, type TopicLimits } from './topic-limits.ts';

type Acks = 'all' | 'leader' | 'none';

interface Job {
  readonly records: readonly OutgoingRecord[];
  readonly acks: Acks;
  readonly resolve: () => void;
  readonly reject: (error: BrokerError) => void;
}

const acksNumber = { all: -1, leader: 1, none: 0 } as const;
/** kafkajs groups a request's records by copying lists, so that its effort grows with the square of this. */
const maxRecords = 1000;
const produceTimeoutMs = 30_000;

export class KafkajsProducer implements BrokerProducer {
  readonly #kafka: KafkaOptions;
  readonly #clientId: string;
  readonly #queue: Job[] = [];
  readonly #clients = new Map<Acks, Promise<Producer>>();
  readonly #limits = new Map<string, Promise<TopicLimits>>();
  /** Where the next record without a key goes, per topic. */
  readonly #turns = new Map<string, number>();
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(kafka: KafkaOptions, clientId: string) {
    this.#kafka = kafka;
    this.#clientId = clientId;
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
    const clients = await Promise.allSettled(this.#clients.values());
    this.#clients.clear();
    await Promise.all(
      clients.map((client) => (client.status === 'fulfilled' ? client.value.disconnect().catch(() => {}) : undefined)),
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
        const limits = await this.#limitsOf(fit.flatMap(({ records }) => records));
        const producer = await this.#client(acks);
        for (const batch of batches(
          fit.flatMap(({ records }) => records),
          limits,
        )) {
          await producer.sendBatch({
            acks: acksNumber[acks],
            timeout: produceTimeoutMs,
            topicMessages: this.#topicMessages(batch, limits),
          });
        }
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
    while (this.#queue[jobs]?.acks === acks && jobs < this.#queue.length && count < maxRecords) {
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
      const known = this.#limits.get(topic) ?? readTopicLimits(this.#kafka, this.#clientId, topic);
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

  #client(acks: Acks): Promise<Producer> {
    const known = this.#clients.get(acks);
    if (known !== undefined) return known;
    const retry = { retries: 8, initialRetryTime: 100, maxRetryTime: 2000 };
    const client = createClient(this.#kafka, { clientId: this.#clientId, retry, requestTimeoutMs: produceTimeoutMs });
    const producer = client.producer({
      // A repeat after a lost answer is recognised by the broker. It acknowledges only what all replicas have.
      idempotent: acks === 'all',
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      retry,
    });
    const connected = producer.connect().then(() => producer);
    this.#clients.set(acks, connected);
    return connected;
  }

  /**
   * After a failure kafkajs would give the failed request's sequence numbers to the next one, which a broker that had
   * written the first takes for its repeat, acknowledges and throws away. A new producer has a new identity.
   */
  async #discard(acks: Acks): Promise<void> {
    const client = this.#clients.get(acks);
    this.#clients.delete(acks);
    this.#limits.clear();
    await client?.then((producer) => producer.disconnect()).catch(() => {});
  }

  #topicMessages(
    records: readonly OutgoingRecord[],
    limits: ReadonlyMap<string, TopicLimits>,
  ): { topic: string; messages: Message[] }[] {
    const topics = new Map<string, Message[]>();
    for (const record of records) {
      const messages = topics.get(record.topic) ?? [];
      topics.set(record.topic, messages);
      messages.push(messageOf(record, this.#partitionFor(record, limits.get(record.topic)?.partitions ?? 1)));
    }
    return [...topics].map(([topic, messages]) => ({ topic, messages }));
  }

  /**
   * Records without a key are placed here: kafkajs would place them anew at every retry, and the broker would take a
   * different batch under the same sequence number for the first one's repeat.
   */
  #partitionFor({ topic, partition, key }: OutgoingRecord, partitions: number): number | undefined {
    if (partition !== undefined || key !== null) return partition;
    const turn = this.#turns.get(topic) ?? Math.floor(Math.random() * partitions);
    this.#turns.set(topic, (turn + 1) % partitions);
    return turn % partitions;
  }
}

function messageOf(record: OutgoingRecord, partition: number | undefined): Message {
  return {
    key: bufferOf(record.key),
    value: bufferOf(record.value),
    ...(partition === undefined ? {} : { partition }),
    ...(record.timestamp === undefined ? {} : { timestamp: String(record.timestamp) }),
    headers: headersOf(record),
  };
}

/** kafkajs takes headers as an object, so equal names come together; their order among themselves is kept. */
function headersOf({ headers }: OutgoingRecord): NonNullable<Message['headers']> {
  const grouped = new Map<string, Buffer[]>();
  for (const [name, value] of headers) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const values = grouped.get(name);
    if (values === undefined) grouped.set(name, [bytes]);
    else values.push(bytes);
  }
  // Without a prototype: a header may be called like one of its members.
  const object: NonNullable<Message['headers']> = Object.create(null);
  for (const [name, values] of grouped) object[name] = values.length === 1 ? values[0] : values;
  return object;
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Splits at what a topic takes in one batch; counted per topic, which is on the safe side of per partition. */
function* batches(
  records: readonly OutgoingRecord[],
  limits: ReadonlyMap<string, TopicLimits>,
): Generator<readonly OutgoingRecord[]> {
  let batch: OutgoingRecord[] = [];
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
