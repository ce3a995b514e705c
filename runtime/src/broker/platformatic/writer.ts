/** Writes records that are placed already: one request to each leader, repeated until the broker has decided. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConnectionPool,
  type CreateRecordsBatchOptions,
  initProducerIdV1,
  type MessageRecord,
  NumericMap,
  ProduceAcks,
  produceV7,
  protocolErrors,
} from '@platformatic/kafka';
import type { PartitionRef } from '../broker.ts';
import { keyOf } from '../kafka/cluster.ts';
import { brokerError, ProtocolError } from '../kafka/errors.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import type { Acks, PlacedRecord, RecordWriter } from '../kafka/producer.ts';
import { anyBroker, openPool } from './connections.ts';
import { Metadata } from './metadata.ts';
import { answerOf, nameOf } from './responses.ts';

const acksNumber = { all: ProduceAcks.ALL, leader: ProduceAcks.LEADER, none: ProduceAcks.NO_RESPONSE } as const;
const produceTimeoutMs = 30_000;
const attempts = 9;
const [firstPauseMs, maxPauseMs] = [100, 2000];
/** The broker has these records already. */
const repeated = 'DUPLICATE_SEQUENCE_NUMBER';

export const maxRecords = 5000;

export async function openWriter(kafka: KafkaOptions, clientId: string, acks: Acks): Promise<RecordWriter> {
  const pool = openPool(kafka, { clientId, requestTimeoutMs: produceTimeoutMs });
  try {
    // A repeat after a lost answer is recognised by the broker. It acknowledges only what all replicas have.
    const identity = acks === 'all' ? await initProducer(pool, kafka) : undefined;
    return new PlatformaticWriter(pool, new Metadata(pool, kafka), acks, identity);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

type Identity = Pick<CreateRecordsBatchOptions, 'producerId' | 'producerEpoch'>;

async function initProducer(pool: ConnectionPool, kafka: KafkaOptions): Promise<Identity> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const connection = await anyBroker(pool, kafka);
      const { producerId, producerEpoch } = await initProducerIdV1.api.async(connection, null, produceTimeoutMs);
      return { producerId, producerEpoch };
    } catch (error) {
      if (!brokerError(error, 'unreachable').retryable || attempt === attempts) throw error;
      await sleep(pauseMs(attempt));
    }
  }
}

class PlatformaticWriter implements RecordWriter {
  readonly #pool: ConnectionPool;
  readonly #metadata: Metadata;
  readonly #acks: Acks;
  readonly #identity: Identity | undefined;
  /** By the library's name of a partition: under which number its next record goes. */
  readonly #sequences = new NumericMap();

  constructor(pool: ConnectionPool, metadata: Metadata, acks: Acks, identity: Identity | undefined) {
    this.#pool = pool;
    this.#metadata = metadata;
    this.#acks = acks;
    this.#identity = identity;
  }

  async write(records: readonly PlacedRecord[]): Promise<void> {
    await this.#metadata.want([...new Set(records.map(({ topic }) => topic))]);
    let left = new Map(groupBy(records.map(messageOf), keyOf));
    for (let attempt = 1; left.size > 0; attempt += 1) {
      const { failed, error } = await this.#attempt(left);
      if (error === undefined) break;
      if (!mayRepeat(error) || attempt === attempts) throw error;
      left = failed;
      await sleep(pauseMs(attempt));
      await this.#metadata.refresh().catch(() => {});
    }
    for (const { topic, partition } of records) this.#sequences.postIncrement(`${topic}:${partition}`, 1, 0);
  }

  /** One request to each leader. Answers what was not acknowledged, and why. */
  async #attempt(left: Partitions): Promise<{ readonly failed: Partitions; readonly error: unknown }> {
    const failed: Partitions = new Map();
    const errors: unknown[] = [];
    const byLeader = groupBy([...left.values()], ([first]) => this.#leaderOf(first));
    await Promise.all(
      [...byLeader].map(async ([leader, partitions]) => {
        try {
          const { responses } = await this.#produce(leader, partitions.flat());
          for (const { name: topic, partitionResponses } of responses) {
            for (const { index, errorCode } of partitionResponses) {
              const error = nameOf(errorCode);
              if (error === undefined || error === repeated) continue;
              const key = keyOf({ topic, partition: index });
              failed.set(key, left.get(key) ?? []);
              errors.push(new ProtocolError(error, `${topic}/${index}: ${error}`));
            }
          }
        } catch (error) {
          for (const messages of partitions) failed.set(keyOf(messages[0] ?? nowhere), messages);
          errors.push(error);
        }
      }),
    );
    return { failed, error: errors.find((error) => !mayRepeat(error)) ?? errors[0] };
  }

  async #produce(leader: number, messages: Message[]): Promise<Pick<produceV7.ProduceResponse, 'responses'>> {
    const connection = await this.#pool.get(this.#metadata.address(leader));
    const options = this.#identity === undefined ? {} : { ...this.#identity, sequences: this.#sequences };
    const answer = await answerOf(
      produceV7.api.async(connection, acksNumber[this.#acks], produceTimeoutMs, messages, options),
    );
    return typeof answer === 'boolean' ? { responses: [] } : answer;
  }

  #leaderOf({ topic, partition }: PartitionRef = nowhere): number {
    return this.#metadata.leaderOf(topic, partition);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

type Message = Omit<MessageRecord, 'value' | 'partition'> & { value: Buffer; partition: number };
type Partitions = Map<string, Message[]>;

const nowhere: PartitionRef = { topic: '', partition: -1 };

function messageOf({ topic, partition, key, value, headers, timestamp }: PlacedRecord): Message {
  const bytes = value === null ? null : bufferOf(value);
  return {
    topic,
    partition,
    ...(key === null ? {} : { key: bufferOf(key) }),
    // The library's types have no tombstones; its encoder does.
    value: bytes as Buffer,
    // By identity, so that names may repeat.
    headers: new Map(headers.map(([name, bytes]) => [Buffer.from(name), bufferOf(bytes)])),
    ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
  };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

function mayRepeat(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return brokerError(error, 'unreachable').retryable;
  const known: Readonly<Record<string, { readonly canRetry: boolean }>> = protocolErrors;
  return known[error.type]?.canRetry === true;
}

function pauseMs(attempt: number): number {
  return Math.min(maxPauseMs, firstPauseMs * 2 ** (attempt - 1));
}
