/** Apache Kafka through kafkajs: the default adapter of the broker port. */
import type { Broker, BrokerConsumer, BrokerProducer } from '../broker.ts';
import { KafkajsAdmin } from './admin.ts';
import type { KafkaOptions } from './client.ts';
import { KafkajsConsumer } from './consumer.ts';
import { KafkajsProducer } from './producer.ts';

export type { KafkaOptions };

export function kafka(options: KafkaOptions): Broker {
  const admin = new KafkajsAdmin(options, 'tenet-admin');
  const producers = new Set<BrokerProducer>();
  const consumers = new Set<BrokerConsumer>();
  return {
    name: 'kafkajs',
    features: { drainOnRevoke: true, commitMetadata: true, timestamps: 'create' },
    async connect() {
      await admin.describeTopics([]);
    },
    producer({ clientId }) {
      const producer = new KafkajsProducer(options, clientId);
      producers.add(producer);
      return producer;
    },
    consumer(consumerOptions, listener) {
      const consumer = new KafkajsConsumer(options, consumerOptions, listener);
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
