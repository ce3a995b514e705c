/** Writes records that are placed already: one request to each leader, repeated until the broker has decided. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionPool, initProducerIdV1, protocolErrors } from '@platformatic/kafka';
import { keyOf } from '../kafka/cluster.ts';
import { brokerError, ProtocolError } from '../kafka/errors.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import type { Acks, PlacedRecord, RecordWriter } from '../kafka/producer.ts';
import { encodeBatch, type Identity } from './batch-encoder.ts';
import { openPool } from './connections.ts';
import { Metadata } from './metadata.ts';
import { type PlacedBatch, produce } from './produce.ts';
import { nameOf } from './responses.ts';

const requestTimeoutMs = 30_000;
const attempts = 9;
const [firstPauseMs, maxPauseMs] = [100, 2000];
/** Sequence numbers begin again behind the largest that 31 bits hold. */
const sequences = 2 ** 31;

export const maxRecords = 5000;

export async function openWriter(kafka: KafkaOptions, clientId: string, acks: Acks): Promise<RecordWriter> {
  const pool = openPool(kafka, { clientId, requestTimeoutMs });
  try {
    const metadata = new Metadata(pool, kafka);
    // A repeat after a lost answer is recognised by the broker. It acknowledges only what all replicas have.
    const identity = acks === 'all' ? await newIdentity(metadata) : undefined;
    return new PlatformaticWriter(pool, metadata, acks, identity);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

async function newIdentity(metadata: Metadata): Promise<Identity> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const connection = await metadata.anyBroker();
      return await initProducerIdV1.api.async(connection, null, requestTimeoutMs);
    } catch (error) {
      if (!mayRepeat(error) || attempt === attempts) throw error;
      await sleep(pauseMs(attempt));
    }
  }
}

class PlatformaticWriter implements RecordWriter {
  readonly #pool: ConnectionPool;
  readonly #metadata: Metadata;
  readonly #acks: Acks;
  readonly #identity: Identity | undefined;
  /** Of the next record, by partition. */
  readonly #sequences = new Map<string, number>();

  constructor(pool: ConnectionPool, metadata: Metadata, acks: Acks, identity: Identity | undefined) {
    this.#pool = pool;
    this.#metadata = metadata;
    this.#acks = acks;
    this.#identity = identity;
  }

  async write(records: readonly PlacedRecord[]): Promise<void> {
    await this.#metadata.want([...new Set(records.map(({ topic }) => topic))]);
    let left = this.#encode(records);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const failures = await this.#attempt(left);
      const error = failures.find((failure) => !mayRepeat(failure.error))?.error;
      if (error !== undefined) throw error;
      if (attempt === attempts && failures[0] !== undefined) throw failures[0].error;
      left = failures.map(({ batch }) => batch);
      if (left.length === 0) return;
      await sleep(pauseMs(attempt));
      await this.#metadata.refresh().catch(() => {});
    }
  }

  /** The same bytes at every attempt, under the same sequence numbers. */
  #encode(records: readonly PlacedRecord[]): readonly PlacedBatch[] {
    const now = Date.now();
    return [...groupBy(records, keyOf)].map(([key, own]) => {
      const [{ topic, partition }] = own;
      const sequence = this.#sequences.get(key) ?? 0;
      this.#sequences.set(key, (sequence + own.length) % sequences);
      const bytes =
        this.#identity === undefined ? encodeBatch(own, now) : encodeBatch(own, now, this.#identity, sequence);
      return { topic, partition, bytes };
    });
  }

  /** Answers which batches were not acknowledged, and why. */
  async #attempt(batches: readonly PlacedBatch[]): Promise<readonly Failure[]> {
    const byLeader = groupBy(batches, ({ topic, partition }) => this.#metadata.leaderOf(topic, partition));
    const failures = await Promise.all(
      [...byLeader].map(async ([leader, own]): Promise<readonly Failure[]> => {
        try {
          const connection = await this.#pool.get(this.#metadata.address(leader));
          const answers = await produce(connection, this.#acks, own);
          return answers.flatMap(({ topic, partition, errorCode }) => {
            const error = nameOf(errorCode);
            const batch = own.find((one) => one.topic === topic && one.partition === partition);
            if (error === undefined || batch === undefined) return [];
            return [{ batch, error: new ProtocolError(error, `${topic}/${partition}: ${error}`) }];
          });
        } catch (error) {
          return own.map((batch) => ({ batch, error }));
        }
      }),
    );
    return failures.flat();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

interface Failure {
  readonly batch: PlacedBatch;
  readonly error: unknown;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
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
