import { type ConsumerContract, contract, createRuntime, type EventContract, TenetError } from '@tenet/runtime';
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, silentLog } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import type { Broker } from '../../../runtime/src/broker/broker.ts';
import { anOrder, atLeastOnce, batches, consumer, effectivelyOnce, type Order, orderPlaced, orders } from './orders.ts';
import { collecting, group, letters, topic, until } from './support.ts';

const file = 'contracts/orders/order-placed/v1.yaml';

async function refusal(start: () => Promise<unknown>): Promise<string> {
  try {
    await start();
  } catch (error) {
    if (error instanceof TenetError && error.code === 'refused-at-start') return error.message;
    throw error;
  }
  return 'it started';
}

describe('what is written and not built is refused with its line', () => {
  const written = (...pointers: string[]) => ({
    written: {
      ...orders().written,
      ...Object.fromEntries(pointers.map((pointer, i) => [pointer, `${file}:${100 + i}`])),
    },
  });
  const own = (name: string) => written(`/consumers/fulfillment/${name}`);
  const cases: readonly (readonly [string, Partial<EventContract<Order>>, Partial<ConsumerContract<Order>>, string])[] =
    [['avro', { ...written('/encoding'), encoding: 'avro' }, {}, 'encoding avro']];
  test.each(cases)('%s', async (_name, event, overrides, what) => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce({ ...overrides, event: orders(event) }), () => undefined);
    expect(await refusal(runtime.start)).toBe(
      `test cannot start: 1 reason\n  orders.order-placed fulfillment: ${what} is not built yet (${file}:100)`,
    );
  });

  test('a batch larger than what may be in flight', async () => {
    const runtime = memoryRuntime();
    const batch = { size: 11, withinMs: 5 };
    const { backpressure } = consumer();
    const event = orders(own('batch'));
    runtime.consume(batches({ event, batch, backpressure: { ...backpressure, maxInFlight: 10 } }), () => undefined);
    expect(await refusal(runtime.start)).toBe(
      `test cannot start: 1 reason\n  orders.order-placed fulfillment: batch.size 11 is never reached with backpressure.maxInFlight 10 (${file}:100)`,
    );
  });

  test('an outbox of a producer', () => {
    const producers = {
      'checkout-api': { owner: 'checkout', outbox: true, acks: 'all', onOverload: 'block' },
    } as const;
    const runtime = memoryRuntime({ service: 'checkout-api' });
    expect(() => runtime.producer(orderPlaced({ producers }))).toThrow(
      `orders.order-placed checkout-api: outbox is not built yet (${file}:19)`,
    );
  });
});

describe('all reasons at once', () => {
  test('of several consumers', async () => {
    const cluster = memoryCluster();
    const runtime = createRuntime({ service: 'picking', broker: cluster.broker(), log: silentLog });
    runtime.consume(effectivelyOnce(), () => undefined);
    const letter = consumer().deadLetter;
    if (letter === undefined) throw new Error('no dead letter');
    runtime.consume(
      atLeastOnce({ name: 'audit', deadLetter: { ...letter, after: 'wait' }, event: orders({ encoding: 'avro' }) }),
      () => undefined,
    );
    expect(await refusal(runtime.start)).toBe(
      [
        'picking cannot start: 3 reasons',
        `  orders.order-placed fulfillment: delivery effectively-once needs a store; createRuntime got none (${file}:20)`,
        `  orders.order-placed audit: encoding avro is not built yet (${file})`,
        `  orders.order-placed audit: deadLetter.after wait needs a store that can park; createRuntime got none (${file})`,
      ].join('\n'),
    );
  });

  test('of the topics', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 2);
    cluster.createTopic(letters, 3, { 'message.timestamp.type': 'CreateTime', 'max.message.bytes': '1048576' });
    const runtime = createRuntime({ service: 'picking', broker: cluster.broker(), log: silentLog });
    runtime.consume(atLeastOnce(), () => undefined);
    runtime.consume(atLeastOnce({ name: 'audit' }), () => undefined);
    expect(await refusal(runtime.start)).toBe(
      [
        'picking cannot start: 4 reasons',
        `  orders.order-placed: topic ${topic} has 2 partitions, the contract says 3 (${file}:11)`,
        `  orders.order-placed fulfillment: dead-letter topic ${letters} must have message.timestamp.type LogAppendTime (is CreateTime): retention would take old records at once (${file}:26)`,
        `  orders.order-placed fulfillment: dead-letter topic ${letters} takes messages of 1048576 bytes, a record with its evidence may have 1114112 (${file}:26)`,
        `  orders.order-placed audit: dead-letter topic ${topic}.audit.dlq does not exist (${file})`,
      ].join('\n'),
    );
  });

  test('of the loss ledger', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 3);
    const deadLetterSettings = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '1200000' };
    cluster.createTopic(letters, 3, deadLetterSettings);
    cluster.createTopic(`${topic}.audit.dlq`, 3, deadLetterSettings);
    cluster.createTopic(`${group}.loss`, 2, { 'cleanup.policy': 'compact,delete' });
    const runtime = createRuntime({ service: 'picking', broker: cluster.broker(), log: silentLog });
    const backpressure = {
      ...consumer().backpressure,
      policy: 'sample',
      keepOneIn: 3,
      approvedBy: 'analytics',
    } as const;
    runtime.consume(atLeastOnce({ backpressure }), () => undefined);
    runtime.consume(atLeastOnce({ name: 'audit', backpressure }), () => undefined);
    expect(await refusal(runtime.start)).toBe(
      [
        'picking cannot start: 3 reasons',
        `  orders.order-placed fulfillment: loss ledger ${group}.loss has 2 partitions, its topic has 3 (${file}:26)`,
        `  orders.order-placed fulfillment: loss ledger ${group}.loss must have cleanup.policy delete (is compact,delete): compaction would forget what was lost (${file}:26)`,
        `  orders.order-placed audit: loss ledger ${topic}.audit.loss does not exist (${file})`,
      ].join('\n'),
    );
  });

  test('a broker that cannot drain, for a contract with an order', async () => {
    const broker = memoryCluster().broker();
    const weak: Broker = { ...broker, features: { ...broker.features, drainOnRevoke: false } };
    const runtime = createRuntime({ service: 'picking', broker: weak, log: silentLog });
    runtime.consume(atLeastOnce(), () => undefined);
    expect(await refusal(runtime.start)).toContain(
      'ordering per-key needs a broker that drains a partition before it moves',
    );
  });

  test('a store that is not transactional', async () => {
    const store = { ...memoryStore().inbox(), transactional: false };
    const runtime = memoryRuntime({ store });
    runtime.consume(effectivelyOnce(), () => undefined);
    expect(await refusal(runtime.start)).toContain('needs a transactional store; memory is not');
  });

  test.each([
    ['none', undefined, 'createRuntime got none'],
    ['one without a line', { ...memoryStore().inbox(), line: undefined }, 'memory cannot park'],
  ])('successors that wait need a store that can park: %s', async (_name, store, why) => {
    const broker = memoryCluster().broker();
    const runtime = createRuntime({ service: 'picking', broker, log: silentLog, ...(store && { store }) });
    const event = orders({ written: { '/consumers/fulfillment/deadLetter/after': `${file}:31` } });
    const letter = consumer().deadLetter;
    if (letter === undefined) throw new Error('no dead letter');
    runtime.consume(atLeastOnce({ event, deadLetter: { ...letter, after: 'wait' } }), () => undefined);
    expect(await refusal(runtime.start)).toBe(
      `picking cannot start: 1 reason\n  orders.order-placed fulfillment: deadLetter.after wait needs a store that can park; ${why} (${file}:31)`,
    );
  });

  test('an environment that the workspace does not have', () => {
    const runtime = memoryRuntime({ environment: 'staging' });
    expect(() => runtime.consume(atLeastOnce(), () => undefined)).toThrow('has no environment staging');
  });
});

test('the start report says what is promised, and names what is not in force', async () => {
  const log = collecting();
  const runtime = memoryRuntime({ service: 'picking', log });
  runtime.consume(effectivelyOnce(), () => undefined);
  const report = await runtime.start();
  expect(report.consumers).toEqual([
    'consumes orders.order-placed as fulfillment (warehouse): effectively-once, in order per key; duplicates by /orderId + /revision for 30d; 3 attempts within 1m; dead letters to warehouse, by 2h; 16 at once, 5000 waiting, then block',
  ]);
  expect(report.notInForce.map((name) => name.split(' (')[0])).toEqual([
    'completed offsets in the commit metadata',
    'crash-loop suspects',
  ]);
  expect(log.lines).toEqual(report.lines);
  await runtime.stop();
});

test.each(['drop-newest', 'drop-oldest', 'sample'] as const)('wait together with %s is refused', async (policy) => {
  const runtime = memoryRuntime();
  const { deadLetter, backpressure } = consumer();
  if (deadLetter === undefined) throw new Error('no dead letter');
  const event = orders({ written: { '/consumers/fulfillment/deadLetter': `${file}:40` } });
  const lossy = { ...backpressure, policy, approvedBy: 'analytics', maxLag: 5, keepOneIn: 2 };
  runtime.consume(
    atLeastOnce({ event, backpressure: lossy, deadLetter: { ...deadLetter, after: 'wait' } }),
    () => undefined,
  );
  expect(await refusal(runtime.start)).toContain(
    `orders.order-placed fulfillment: deadLetter.after wait together with ${policy} is not built yet (${file}:40)`,
  );
});

test('the start report says that nothing is parked without a store that can', async () => {
  const runtime = memoryRuntime({ store: { ...memoryStore().inbox(), line: undefined } });
  runtime.consume(atLeastOnce(), () => undefined);
  const report = await runtime.start();
  expect(report.notInForce).toContain(
    'park (without a store that can, a partition that waits beyond maxWaiting is paused)',
  );
  await runtime.stop();
});

test('the start report says what makes a consumer slower on purpose', async () => {
  const deadLetter = consumer().deadLetter;
  if (deadLetter === undefined) throw new Error('no dead letter');
  const runtime = memoryRuntime();
  runtime.consume(
    atLeastOnce({
      rateLimitPerSecond: 800,
      catchUp: { ratePerSecond: 1 / 60, whenOlderThanMs: 600_000 },
      breaker: { failures: 0.5, overMs: 60_000, probeEveryMs: 10_000 },
      deadLetter: { ...deadLetter, floodGuard: { share: 0.125, overMs: 60_000 } },
    }),
    () => undefined,
  );
  const { consumers } = await runtime.start();
  expect(consumers[0]?.split('; ').slice(-4)).toEqual([
    '800/s in the whole group',
    'what is older than 10m at 1/min',
    'stops when more than 50 % of the attempts in 1m fail, probes every 10s',
    'stops when more than 12.5 % of what ends in 1m are dead letters',
  ]);
  await runtime.stop();
});

test.each([
  [{ policy: 'drop-oldest', maxAgeMs: 600_000 }, 'drop-oldest (loses older than 10m; approved by analytics)'],
  [
    { policy: 'drop-oldest', maxAgeMs: 1000, maxLag: 500 },
    'drop-oldest (loses older than 1s or more than 500 behind; approved by analytics)',
  ],
  [{ policy: 'drop-newest' }, 'drop-newest (loses what arrives at the full buffer; approved by analytics)'],
  [{ policy: 'sample', keepOneIn: 20 }, 'sample (loses all but one in 20, at all times; approved by analytics)'],
  [{ policy: 'scale' }, 'scale'],
] as const)('the start report says what %o loses, and who agreed to it', async (policy, said) => {
  const runtime = memoryRuntime();
  const backpressure = { ...consumer().backpressure, ...policy, approvedBy: 'analytics' };
  runtime.consume(atLeastOnce({ backpressure }), () => undefined);
  const report = await runtime.start();
  expect(report.consumers[0]?.split('; 16 at once, ')[1]).toBe(`5000 waiting, then ${said}`);
  await runtime.stop();
});

test('topics, group and dead letters follow the prefix of the environment', async () => {
  const cluster = memoryCluster();
  const staging = { ...orders().topic, name: `staging.${topic}` };
  const event = orders({ environments: { staging } });
  const runtime = memoryRuntime({ cluster, environment: 'staging' });
  runtime.consume(atLeastOnce({ event }), () => {
    throw new Error('no');
  });
  await runtime.start();
  cluster.publish({
    topic: `staging.${topic}`,
    key: Buffer.from('o-1'),
    value: Buffer.from(JSON.stringify(anOrder('o-1'))),
    headers: [],
  });
  await runtime.settled();
  expect(cluster.records(`staging.${letters}`)).toHaveLength(1);
  await runtime.stop();
  const committed = [0, 1, 2].map(
    (p) => cluster.committed(`staging.${topic}.fulfillment`, `staging.${topic}`, p).offset,
  );
  expect(committed.filter((offset) => offset === 1n)).toHaveLength(1);
});

test('a runtime starts once, and a consumer has one handler', async () => {
  const runtime = memoryRuntime();
  runtime.consume(atLeastOnce(), () => undefined);
  expect(() => runtime.consume(atLeastOnce(), () => undefined)).toThrow('has a handler already');
  expect(runtime.readiness()).toEqual({ ready: false, reasons: ['the runtime of test is new'] });
  await runtime.start();
  await until(() => runtime.readiness().ready);
  expect(runtime.readiness()).toEqual({ ready: true, reasons: [] });
  expect(() => runtime.consume(atLeastOnce({ name: 'late' }), () => undefined)).toThrow('consume comes before start');
  await runtime.stop();
  await runtime.stop();
});

test('no contract is reached but by its symbol, so that a consumer may have any name', () => {
  expect(Object.keys(atLeastOnce())).toEqual([]);
  expect(atLeastOnce()[contract].name).toBe('fulfillment');
});
