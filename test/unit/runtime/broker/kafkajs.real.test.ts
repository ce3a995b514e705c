// kafkajs on a real Kafka: what all adapters show, and what only this one could get wrong.
import { createRequire } from 'node:module';
import { kafka } from '@tenet/runtime/kafkajs';
import { KafkaJSError, KafkaJSNonRetriableError } from 'kafkajs';
import { expect, inject, test, vi } from 'vitest';
import { adapterSuite } from './adapter.suite.ts';
import { outgoing, soon } from './real-members.ts';

type Produce = (this: unknown, request: unknown) => Promise<unknown>;

const { broker, newTopic, consume } = adapterSuite({
  open: (brokers = inject('kafkaBrokers')) => kafka({ brokers }),
  async losingAnswer(how, work) {
    const inside: { prototype: { produce: Produce } } = createRequire(import.meta.url)('kafkajs/src/broker');
    const { produce } = inside.prototype;
    let lost = false;
    inside.prototype.produce = async function (request) {
      const answer = await produce.call(this, request);
      if (lost) return answer;
      lost = true;
      const why = 'the answer was lost';
      throw how === 'once' ? new KafkaJSError(why) : new KafkaJSNonRetriableError(why);
    };
    try {
      return await work();
    } finally {
      inside.prototype.produce = produce;
    }
  },
});

test('no timer is set in the past', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', listen);
  const topic = await newTopic(1);
  await broker.producer({ clientId: 'test' }).send([outgoing(topic, null, 'a', 0)], 'all');
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(1), soon);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
