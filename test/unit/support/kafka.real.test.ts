import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { stopIdleTimers } from '../../../runtime/src/broker/kafkajs/internals.ts';

stopIdleTimers();

test('a record goes through the real broker and comes back, headers and all', async () => {
  const kafka = new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING });
  const topic = `support-${randomUUID()}`;
  const admin = kafka.admin();
  const producer = kafka.producer();
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  try {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'k', value: 'v', headers: { h: 'x' } }] });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const seen = await new Promise((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) =>
            resolve([
              message.key?.toString(),
              message.value?.toString(),
              message.headers?.h?.toString(),
              message.offset,
            ]),
        })
        .catch(reject);
    });
    expect(seen).toEqual(['k', 'v', 'x', '0']);
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
});
