/** Members of groups on the real Kafka that write down everything they are told, and what they are fed with. */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, inject } from 'vitest';
import type {
  Assignment,
  Broker,
  BrokerConsumer,
  BrokerRecord,
  ConsumerListener,
} from '../../../../runtime/src/broker/broker.ts';
import { stopIdleTimers } from '../../../../runtime/src/broker/kafkajs/internals.ts';

export interface Seen {
  readonly consumer: BrokerConsumer;
  readonly records: BrokerRecord[];
  readonly assignments: Assignment[];
  readonly events: string[];
}

export interface Ground {
  readonly broker: Broker;
  /** Another client, for what the port does not offer. */
  readonly raw: Kafka;
  readonly rawAdmin: ReturnType<Kafka['admin']>;
  newTopic(partitions: number, config?: Record<string, string>): Promise<string>;
  /** A consumer that takes over as the core does: reads what is committed, seeks, resumes. `from`: a broker of its own. */
  consume(
    group: string,
    topic: string,
    own?: Partial<ConsumerListener>,
    options?: object,
    from?: Broker,
  ): Promise<Seen>;
}

/** For the tests of the calling file. `open`: another broker of the adapter. */
export function onRealKafka(open: () => Broker): Ground {
  stopIdleTimers();
  const raw = new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING });
  const rawAdmin = raw.admin();
  const broker = open();
  const opened: Broker[] = [];
  const topics: string[] = [];
  beforeAll(async () => {
    await rawAdmin.connect();
    await broker.connect();
  });
  afterAll(async () => {
    await Promise.all([broker, ...opened].map((one) => one.close()));
    await rawAdmin.deleteTopics({ topics });
    await rawAdmin.disconnect();
  });
  return {
    broker,
    raw,
    rawAdmin,
    async newTopic(partitions, config = {}) {
      const topic = `adapter-${randomUUID()}`;
      topics.push(topic);
      await broker.admin().createTopics([{ topic, partitions, replication: 1, config }]);
      return topic;
    },
    async consume(group, topic, own = {}, options = {}, from = open()) {
      opened.push(from);
      const seen = { records: [] as BrokerRecord[], assignments: [] as Assignment[], events: [] as string[] };
      const consumer = from.consumer(
        { group, topics: [topic], clientId: 'test', sessionTimeoutMs: 4000, rebalanceTimeoutMs: 8000, ...options },
        {
          assigned: (assignment) => {
            seen.assignments.push(assignment);
            seen.events.push(`assigned ${assignment.partitions.length}`);
            void consumer
              .committed(assignment.partitions)
              .then((committed) => {
                for (const at of committed) consumer.seek(at, at.offset ?? 0n);
                consumer.resume(assignment.partitions);
              })
              .catch(() => {});
          },
          revoking: async () => void seen.events.push('revoking'),
          lost: () => void seen.events.push('lost'),
          records: (_, records) => void seen.records.push(...records),
          offsetLost: ({ partition }, position) => void seen.events.push(`offset lost ${partition} ${position}`),
          failed: (error, fatal) => void seen.events.push(`failed ${error.message} ${fatal}`),
          recovered: () => void seen.events.push('recovered'),
          ...own,
        },
      );
      await consumer.start();
      return { consumer, ...seen };
    },
  };
}

export function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

export function outgoing(topic: string, key: string | null, value: string | null, partition?: number) {
  return {
    topic,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
    ...(partition === undefined ? {} : { partition }),
  };
}

export const soon = { timeout: 10_000, interval: 20 };
