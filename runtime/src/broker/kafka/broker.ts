/** A broker of the port, made of what a client of Kafka brings. */
import type { Broker, BrokerAdmin, BrokerConsumer, BrokerConsumerOptions, BrokerProducer } from '../broker.ts';
import type { GroupCluster } from './cluster.ts';
import { KafkaConsumer } from './consumer.ts';
import { type Acks, KafkaProducer, type RecordWriter } from './producer.ts';
import { readTopicLimits } from './topic-limits.ts';

export interface KafkaClient extends Pick<Broker, 'name' | 'features'> {
  readonly admin: BrokerAdmin & { close(): Promise<void> };
  writer(clientId: string, acks: Acks): Promise<RecordWriter>;
  /** Records that one of its writers takes in one request. */
  readonly maxRecords: number;
  /** `requestTimeoutMs`: after it an answer counts as lost; joining takes as long as the group does. */
  cluster(consumer: BrokerConsumerOptions, requestTimeoutMs: number): GroupCluster;
}

export function brokerOf(client: KafkaClient): Broker {
  const { name, features, admin, maxRecords } = client;
  const producers = new Set<BrokerProducer>();
  const consumers = new Set<BrokerConsumer>();
  return {
    name,
    features,
    async connect() {
      await admin.describeTopics([]);
    },
    producer({ clientId }) {
      const producer = new KafkaProducer({
        open: (acks) => client.writer(clientId, acks),
        limits: (topic) => readTopicLimits(admin, topic),
        maxRecords,
      });
      producers.add(producer);
      return producer;
    },
    consumer(options, listener) {
      const requestTimeoutMs = Math.min(30_000, Math.max(1000, Math.floor(options.sessionTimeoutMs / 2)));
      const consumer = new KafkaConsumer(client.cluster(options, requestTimeoutMs), options, listener);
      consumers.add(consumer);
      return consumer;
    },
    admin: () => admin,
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await Promise.all([...producers].map((producer) => producer.close()));
      await admin.close();
    },
  };
}
