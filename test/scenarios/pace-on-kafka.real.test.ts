/** On a real Kafka: a member that gives way for a wedged handler, at-most-once over a restart, a group that begins at a time. */
import { randomUUID } from 'node:crypto';
import { contract, createRuntime, type Incident, type Log } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { anOrder, consumer, type Order, orders } from '../unit/runtime/orders.ts';

const brokers = inject('kafkaBrokers');
const incidents: Incident[] = [];
const log: Log = { info: () => undefined, incident: (one) => incidents.push(one) };
let topic = '';
const opened: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  topic = `pace-${randomUUID().slice(0, 8)}`;
  incidents.length = 0;
  const broker = kafka({ brokers });
  await broker.admin().createTopics([
    { topic, partitions: 2, replication: 1, config: {} },
    { topic: `${topic}.fulfillment.dlq`, partitions: 2, replication: 1, config: letters },
  ]);
  await broker.close();
});
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.stop();
});

const letters = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '2000000' };
const of = (overrides: Parameters<typeof consumer>[0] = {}) => ({
  [contract]: consumer({
    event: orders({ name: topic, topic: { ...orders().topic, name: topic, partitions: 2 } }),
    ...overrides,
  }),
});

async function publish(ids: readonly string[], timestamp?: number): Promise<void> {
  const broker = kafka({ brokers });
  const records = ids.map((id) => ({
    topic,
    key: Buffer.from(id),
    value: Buffer.from(JSON.stringify(anOrder(id))),
    headers: [],
    ...(timestamp === undefined ? {} : { timestamp }),
  }));
  await broker.producer({ clientId: 'p' }).send(records, 'all');
  await broker.close();
}

async function started(handle: (order: Order) => unknown, overrides: Parameters<typeof consumer>[0] = {}) {
  const timing = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 1500, stopMs: 4000 };
  const runtime = createRuntime({ service: 'picking', broker: kafka({ brokers }), log, timing });
  runtime.consume(of(overrides), (order) => handle(order as Order));
  await runtime.start();
  opened.push(runtime);
  await eventually(() => runtime.readiness().ready, 'readiness', 20_000);
  return runtime;
}

test('another member takes what stands behind a wedged handler, and the first one comes back', async () => {
  let open: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    open = resolve;
  });
  const seen: string[] = [];
  const first = await started(
    async ({ orderId }) => {
      seen.push(`first ${orderId}`);
      if (orderId === 'stuck') await ended;
    },
    { timeoutMs: 500 },
  );
  await publish(['stuck']);
  await eventually(() => seen.length === 1, 'the handler that does not end');
  await eventually(() => !first.liveness().alive, 'a member that is not alive', 20_000);
  const second = await started(({ orderId }) => seen.push(`second ${orderId}`));
  await eventually(() => seen.includes('second stuck'), 'the record at the other member', 20_000);
  expect(incidents.map(({ code }) => code)).toEqual(['handler-timeout', 'handler-wedged']);
  open();
  await eventually(() => first.liveness().alive, 'a member that is alive', 20_000);
  await eventually(() => first.readiness().ready && second.readiness().ready, 'both members at work', 20_000);
}, 90_000);

test('at-most-once: two members and a restart in the middle, and no record runs twice or is left out', async () => {
  const seen = new Map<string, number>();
  const handle = ({ orderId }: Order) => seen.set(orderId, (seen.get(orderId) ?? 0) + 1);
  const ids = Array.from({ length: 2000 }, (_, i) => `o-${i}`);
  const first = await started(handle, { delivery: 'at-most-once' });
  await publish(ids.slice(0, 1000));
  await started(handle, { delivery: 'at-most-once' });
  await eventually(() => seen.size > 300, 'some records', 20_000);
  await first.stop();
  await publish(ids.slice(1000));
  await eventually(() => seen.size === ids.length, 'every record', 30_000);
  expect(Math.max(...seen.values())).toBe(1);
}, 90_000);

test('a new group begins with the first record of its time', async () => {
  const noon = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
  await publish(['a', 'b', 'c'], noon - 1);
  await publish(['d', 'e', 'f'], noon);
  const seen: string[] = [];
  await started(({ orderId }) => seen.push(orderId), { startFrom: new Date(noon).toISOString() });
  await eventually(() => seen.length === 3, 'three records', 20_000);
  expect(seen.sort()).toEqual(['d', 'e', 'f']);
}, 60_000);
