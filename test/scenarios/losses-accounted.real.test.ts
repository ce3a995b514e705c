/** Every record of a topic is handled or stands in the loss ledger, read back by a client that knows nothing of us. */
import { randomUUID } from 'node:crypto';
import { type ConsumerContract, createRuntime, lossAccount, parseLossRecord, type Runtime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { anOrder, atLeastOnce, orders } from '../unit/runtime/orders.ts';
import { collecting, pause } from '../unit/runtime/support.ts';
import { shortly } from './ground.ts';

const partitions = 2;

test('drop-newest under a rebalance, then retention: handled and lost are everything, and nothing is both', async () => {
  const brokers = inject('kafkaBrokers');
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const topic = `scenario-${randomUUID().slice(0, 8)}`;
  const group = `${topic}.fulfillment`;
  const ledger = `${group}.loss`;
  const admin = client.admin();
  await admin.connect();
  const letters = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'max.message.bytes', value: String(2 * 1024 * 1024) },
  ];
  await admin.createTopics({
    topics: [
      { topic, numPartitions: partitions },
      { topic: `${group}.dlq`, numPartitions: partitions, configEntries: letters },
      { topic: ledger, numPartitions: partitions },
    ],
  });
  const producer = client.producer();
  await producer.connect();
  const publish = (count: number) => {
    const messages = Array.from({ length: count }, (_, i) => ({
      key: `o-${i % 20}`,
      value: JSON.stringify(anOrder(`o-${i % 20}`)),
    }));
    return producer.send({ topic, messages });
  };

  const event = orders({ name: topic, topic: { ...orders().topic, name: topic, partitions } });
  const backpressure = { policy: 'drop-newest', maxInFlight: 4, maxWaiting: 20, approvedBy: 'analytics' } as const;
  const log = collecting();
  const handled: string[] = [];
  const member = async (
    onOffsetLost: ConsumerContract['onOffsetLost'] = 'fail',
  ): Promise<Runtime<'picking', never>> => {
    const runtime = createRuntime({ service: 'picking', broker: kafka({ brokers }), log, timing: shortly });
    runtime.consume(
      atLeastOnce({ event, backpressure, concurrency: 2, onOffsetLost }),
      async (_order, { partition, offset }) => {
        await pause(3);
        handled.push(`${partition}:${offset}`);
      },
    );
    await runtime.start();
    return runtime;
  };
  const offsets = async (of: string) =>
    (await admin.fetchTopicOffsets(of)).sort((a, b) => a.partition - b.partition).map(({ high }) => BigInt(high));
  const committed = async () => {
    const [held] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return (held?.partitions ?? []).sort((a, b) => a.partition - b.partition).map(({ offset }) => BigInt(offset));
  };
  const caughtUp = () =>
    eventually(async () => String(await committed()) === String(await offsets(topic)), 'everything committed', 20_000);

  const first = await member();
  for (let i = 0; i < 5; i++) await publish(60);
  const second = await member();
  for (let i = 0; i < 5; i++) await publish(60);
  await first.stop();
  await publish(100);
  await caughtUp();
  await second.stop();
  // Nobody is there while retention takes most of what comes.
  await publish(100);
  const ends = await offsets(topic);
  await admin.deleteTopicRecords({
    topic,
    partitions: ends.map((end, partition) => ({ partition, offset: String(end - 3n) })),
  });
  const third = await member('earliest');
  await caughtUp();
  await third.stop();

  const read = await ledgerOf(client, ledger, await offsets(ledger));
  const lost = new Map<string, string>();
  for (const [partition, frontier] of (await committed()).entries()) {
    const records = (read.get(partition) ?? []).flatMap((value) => parseLossRecord(value) ?? []);
    for (const [cause, ranges] of lossAccount(records, frontier)) {
      for (const { from, to } of ranges) for (let at = from; at <= to; at++) lost.set(`${partition}:${at}`, cause);
    }
  }
  const everything = ends.flatMap((end, p) => Array.from({ length: Number(end) }, (_, at) => `${p}:${at}`));
  expect(handled.filter((place) => lost.has(place))).toEqual([]);
  expect(new Set([...handled, ...lost.keys()])).toEqual(new Set(everything));
  expect([...lost.values()].filter((cause) => cause === 'retention')).toHaveLength(100 - 2 * 3);
  expect([...lost.values()].filter((cause) => cause === 'drop-newest').length).toBeGreaterThan(100);
  expect(handled.length).toBeGreaterThan(20);
  expect(log.incidents.map(({ code }) => code)).toEqual(['offset-lost', 'offset-lost']);
  await producer.disconnect();
  await admin.disconnect();
}, 90_000);

/** Values by partition, in order. */
async function ledgerOf(
  client: Kafka,
  ledger: string,
  ends: readonly bigint[],
): Promise<ReadonlyMap<number, readonly Buffer[]>> {
  const consumer = client.consumer({ groupId: randomUUID() });
  const values = new Map<number, Buffer[]>(ends.map((_, partition) => [partition, []]));
  await consumer.connect();
  await consumer.subscribe({ topics: [ledger], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      if (message.value !== null) values.get(partition)?.push(message.value);
    },
  });
  await eventually(
    async () => ends.every((end, p) => BigInt(values.get(p)?.length ?? 0) === end),
    'the ledger',
    20_000,
  );
  await consumer.disconnect();
  return values;
}
