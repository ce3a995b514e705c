/** Topics, tables and services of a scenario's own on the real Kafka and the real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { createRuntime, type Runtime, type RuntimeOptions } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { type PostgresTransaction, postgres } from '@tenet/runtime/postgres';
import { migrations } from '@tenet/runtime/sql';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { BrokerRecord, OutgoingRecord } from '../../runtime/src/broker/broker.ts';
import { freshDatabase } from '../support/postgres.ts';
import { anOrder, effectivelyOnce, type Order, orders } from '../unit/runtime/orders.ts';
import { collecting } from '../unit/runtime/support.ts';

/** What a service does with an order. */
export type Picker = (
  order: Order,
  place: { readonly tx: PostgresTransaction; readonly partition: number; readonly offset: bigint },
) => Promise<void>;

export interface Pick {
  readonly orderId: string;
  readonly revision: number;
  readonly partition: number;
  readonly offset: number;
}

export interface Ground {
  readonly topic: string;
  readonly group: string;
  readonly letters: string;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly kafka: Kafka;
  readonly log: ReturnType<typeof collecting>;
  /** A service that writes a pick for every order, effectively once; not started yet. */
  picking(
    handler?: Picker,
    timing?: RuntimeOptions<string, unknown>['timing'],
  ): Runtime<'picking', PostgresTransaction>;
  /** Past every producer of ours; resolves when they are acknowledged. */
  publish(records: readonly Partial<OutgoingRecord>[]): Promise<void>;
  order(id: string, revision?: number): Partial<OutgoingRecord>;
  /** In the order of their commits, as far as one partition goes. */
  picks(): Promise<readonly Pick[]>;
  /** Everything in the dead-letter topic, once there are that many. */
  deadLetters(count: number): Promise<readonly BrokerRecord[]>;
  close(): Promise<void>;
}

/** Short, so that no scenario waits half a minute for a death. */
export const shortly = { sessionTimeoutMs: 4000, rebalanceTimeoutMs: 8000, commitEveryMs: 50 };

/** A pick in the handler's own transaction. */
export const pick: Picker = async (order, { tx, partition, offset }) => {
  await tx.query('insert into picks (order_id, revision, partition, record_offset) values ($1, $2, $3, $4)', [
    order.orderId,
    order.revision,
    partition,
    offset,
  ]);
};

export async function ground(
  brokers: string[],
  postgresUrl: string,
  { partitions = 3, config = {} }: { partitions?: number; config?: Record<string, string> } = {},
): Promise<Ground> {
  const database = await freshDatabase(postgresUrl);
  const pool = new pg.Pool({ connectionString: database.url, max: 24 });
  pool.on('error', () => {});
  for (const { sql } of migrations) await pool.query(sql);
  await pool.query(
    'create table picks (sequence bigserial primary key, order_id text, revision int, partition int, record_offset bigint)',
  );
  const topic = `scenario-${randomUUID().slice(0, 8)}`;
  const event = orders({ name: topic, topic: { ...orders().topic, name: topic, partitions } });
  const group = `${topic}.fulfillment`;
  const letters = `${group}.dlq`;
  const own = kafka({ brokers });
  await own.connect();
  const large = { 'max.message.bytes': String(1024 * 1024) };
  const stamped = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': String(2 * 1024 * 1024) };
  await own.admin().createTopics([
    { topic, partitions, replication: 1, config: { ...large, ...config } },
    { topic: letters, partitions, replication: 1, config: stamped },
  ]);
  const producer = own.producer({ clientId: 'hand-written' });
  const log = collecting();
  const raw = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const services: Runtime<'picking', PostgresTransaction>[] = [];
  return {
    topic,
    group,
    letters,
    pool,
    url: database.url,
    kafka: raw,
    log,
    picking(handler = pick, timing = {}) {
      const runtime = createRuntime<'picking', PostgresTransaction>({
        service: 'picking',
        broker: kafka({ brokers }),
        store: postgres({ pool }),
        log,
        timing: { ...shortly, ...timing },
      });
      runtime.consume(effectivelyOnce({ event }), handler);
      services.push(runtime);
      return runtime;
    },
    publish: (records) =>
      producer.send(
        records.map((record) => ({ topic, key: null, value: null, headers: [], ...record })),
        'all',
      ),
    order: (id, revision = 1) => ({ key: Buffer.from(id), value: Buffer.from(JSON.stringify(anOrder(id, revision))) }),
    async picks() {
      const { rows } = await pool.query<Pick>(
        'select order_id as "orderId", revision, partition, record_offset::integer as offset from picks order by sequence',
      );
      return rows;
    },
    async deadLetters(count) {
      const records: BrokerRecord[] = [];
      const done = Promise.withResolvers<void>();
      const consumer = own.consumer(
        {
          group: randomUUID(),
          topics: [letters],
          clientId: 'reader',
          sessionTimeoutMs: 6000,
          rebalanceTimeoutMs: 6000,
        },
        {
          assigned({ partitions: held }) {
            for (const ref of held) consumer.seek(ref, 0n);
            consumer.resume(held);
          },
          records(_, more) {
            records.push(...more);
            if (records.length >= count) done.resolve();
          },
          revoking: async () => {},
          lost: () => {},
          offsetLost: () => {},
          failed: (error) => done.reject(error),
          recovered: () => {},
        },
      );
      await consumer.start();
      const timer = setTimeout(() => done.reject(new Error(`${records.length} of ${count} dead letters`)), 15_000);
      try {
        await done.promise;
      } finally {
        clearTimeout(timer);
        await consumer.stop();
      }
      return records;
    },
    async close() {
      await Promise.allSettled(services.map((service) => service.stop()));
      await own.close();
      await pool.end();
      await database.drop();
    },
  };
}
