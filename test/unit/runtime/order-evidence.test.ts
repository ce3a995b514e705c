import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { textHeader } from '../../../runtime/src/envelope/headers.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, batches, batchesOnce, effectivelyOnce, orders } from './orders.ts';
import { collecting, group, raw, topic } from './support.ts';

const one = { ...orders().topic, partitions: 1 };
const event = orders({ topic: one });
const placed = (id: string, revision: number) => raw(id, JSON.stringify(anOrder(id, revision)));

/** What is counted when these records are handled by a fresh runtime over one partition. */
async function evidence(
  records: readonly ReturnType<typeof raw>[],
  set: (runtime: ReturnType<typeof memoryRuntime>) => void,
) {
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ telemetry });
  runtime.cluster.createTopic(topic, 1);
  for (const record of records) runtime.cluster.publish(record);
  set(runtime);
  await runtime.start();
  await runtime.settled();
  await runtime.stop();
  return { gaps: telemetry.value('sequenceGaps'), late: telemetry.value('outOfOrder') };
}

describe('gaps and inversions', () => {
  const disordered = [placed('a', 1), placed('b', 7), placed('a', 4), placed('a', 3), placed('a', 5), placed('b', 8)];
  const consumers: readonly (readonly [string, (runtime: ReturnType<typeof memoryRuntime>) => void])[] = [
    ['at-least-once', (runtime) => runtime.consume(atLeastOnce({ event }), () => undefined)],
    ['effectively-once', (runtime) => runtime.consume(effectivelyOnce({ event }), () => undefined)],
    ['batches', (runtime) => runtime.consume(batches({ event }), () => undefined)],
    [
      'no order',
      (runtime) =>
        runtime.consume(atLeastOnce({ event: { ...event, ordering: 'none' }, concurrency: 1 }), () => undefined),
    ],
  ];
  test.each(consumers)('%s: are counted per key', async (_name, set) => {
    expect(await evidence(disordered, set)).toEqual({ gaps: 2, late: 1 });
  });

  test('a contract without a sequence has none', async () => {
    const without = orders({ topic: one, attributes: {} });
    const headers = (n: number) => ({ headers: [textHeader('ce_sequence', String(n))] });
    const records = [1, 9].map((n) => raw('a', JSON.stringify(anOrder('a', n)), headers(n)));
    const set = (runtime: ReturnType<typeof memoryRuntime>) =>
      runtime.consume(atLeastOnce({ event: without }), () => undefined);
    expect(await evidence(records, set)).toEqual({ gaps: 0, late: 0 });
  });

  test('retries, dead letters and what cannot be decoded leave no gap', async () => {
    const broken = raw('a', '{', { headers: [textHeader('ce_sequence', '3')] });
    const invalid = raw('a', JSON.stringify(anOrder('a', 4, { quantity: 0 })));
    const records = [placed('a', 1), placed('a', 2), broken, invalid, placed('a', 5)];
    const set = (runtime: ReturnType<typeof memoryRuntime>) =>
      runtime.consume(atLeastOnce({ event }), ({ revision }, { attempt }) => {
        if (revision === 2) throw new Error('never');
        if (revision === 5 && attempt === 1) throw new Error('not yet');
      });
    expect(await evidence(records, set)).toEqual({ gaps: 0, late: 0 });
  });

  test('repeats raise no alarm', async () => {
    const records = [1, 2, 3, 1, 2, 2, 4].map((revision) => placed('a', revision));
    for (const [, set] of consumers) expect(await evidence(records, set)).toEqual({ gaps: 0, late: 0 });
  });

  test.each<readonly [string, (runtime: ReturnType<typeof memoryRuntime>) => void]>([
    ['a record', (runtime) => runtime.consume(effectivelyOnce({ event }), () => undefined)],
    ['a batch', (runtime) => runtime.consume(batchesOnce({ event }), () => undefined)],
  ])('a duplicate sets no base: %s', async (_name, set) => {
    const cluster = memoryCluster();
    const store = memoryStore();
    const telemetry = memoryTelemetry();
    cluster.createTopic(topic, 1);
    for (const revisions of [
      [1, 2, 3],
      [1, 4],
    ]) {
      const runtime = memoryRuntime({ cluster, store: store.inbox(), telemetry });
      set(runtime);
      for (const revision of revisions) cluster.publish(placed('a', revision));
      await runtime.start();
      await runtime.settled();
      await runtime.stop();
    }
    expect(telemetry.value('recordsDuplicate')).toBe(1);
    expect([telemetry.value('sequenceGaps'), telemetry.value('outOfOrder')]).toEqual([0, 0]);
  });

  test('what is fetched again after a rebalance raises no alarm', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry, timing: { commitEveryMs: 60_000 } });
    runtime.cluster.createTopic(topic, 1);
    runtime.consume(atLeastOnce({ event }), () => undefined);
    await runtime.start();
    for (const revision of [1, 2, 3]) runtime.cluster.publish(placed('a', revision));
    await runtime.settled();
    await runtime.cluster.expireSessions(group);
    for (const revision of [4, 5]) runtime.cluster.publish(placed('a', revision));
    await runtime.settled();
    expect(telemetry.value('recordsHandled')).toBeGreaterThanOrEqual(5);
    expect([telemetry.value('sequenceGaps'), telemetry.value('outOfOrder')]).toEqual([0, 0]);
    await runtime.stop();
  });

  test('in a stream a number that is missing may be another event’s', async () => {
    const stream = { ...event, stream: ['orders.order-cancelled'] };
    const headers = [textHeader('ce_type', event.name)];
    const records = [1, 4, 3].map((revision) => ({ ...placed('a', revision), headers }));
    const set = (runtime: ReturnType<typeof memoryRuntime>) =>
      runtime.consume(atLeastOnce({ event: stream }), () => undefined);
    expect(await evidence(records, set)).toEqual({ gaps: 0, late: 1 });
  });
});

describe('hot keys', () => {
  async function traffic(overrides: Parameters<typeof orders>[0], keys: (i: number) => string) {
    const clock = manualClock();
    const cluster = memoryCluster({ clock });
    const telemetry = memoryTelemetry();
    const log = collecting();
    cluster.createTopic(topic, 1);
    const runtime = memoryRuntime({ cluster, clock, telemetry, log });
    runtime.consume(atLeastOnce({ event: orders({ topic: one, ...overrides }) }), () => undefined);
    runtime.start();
    await clock.pass(10);
    for (let i = 0; i < 4000; i++) cluster.publish(placed(keys(i), i));
    await clock.pass(3000);
    const share = telemetry.value('hottestKeyShare');
    const stopped = runtime.stop();
    await clock.pass(10_000);
    await stopped;
    return { share, incidents: log.incidents };
  }
  const mostly = (i: number) => (i % 5 === 0 ? `o-${i}` : 'o-hot');

  test('a key with most of the traffic is told once, and its share is a gauge', async () => {
    const { share, incidents } = await traffic({}, mostly);
    expect(share).toBeCloseTo(0.8, 1);
    expect(incidents.map(({ code, message }) => [code, message.replace(/\d+ %/, 'n %')])).toEqual([
      ['hot-key', 'the key "o-hot" has n % of the records; they are handled one after another'],
    ]);
  });

  test.each([
    ['a field of the key', { '/orderId': 'personal' }],
    ['everything', { '': 'secret' }],
  ] as const)('a key is not named when %s is classified', async (_name, classification) => {
    const { incidents } = await traffic({ classification }, mostly);
    expect(incidents.map(({ message }) => message.replace(/\d+ %/, 'n %'))).toEqual([
      'the key whose SHA-256 begins with 9445f847736a has n % of the records; they are handled one after another',
    ]);
  });

  test('even traffic is no incident, nor is a topic without an order per key', async () => {
    expect((await traffic({}, (i) => `o-${i % 50}`)).incidents).toEqual([]);
    expect(await traffic({ ordering: 'global' }, mostly)).toEqual({ share: 0, incidents: [] });
  });
});
