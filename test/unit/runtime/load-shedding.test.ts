// What the lossy policies give up, what they never give up, and how it comes into the account.
import type { ConsumerContract } from '@tenet/runtime';
import { type MemoryCluster, memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { lossAccount } from '../../../runtime/src/loss/loss-account.ts';
import { parseLossRecord } from '../../../runtime/src/loss/loss-record.ts';
import { printRanges } from '../../../runtime/src/loss/offset-ranges.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, effectivelyOnce, type Order, orderPlaced, orders } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const ledger = `${group}.loss`;
const onePartition = { topic: { ...orders().topic, partitions: 1 } };
const event = orders(onePartition);
type Policy = ConsumerContract['backpressure'];
const lossy = (more: Partial<Policy>): Policy => ({
  policy: 'drop-newest',
  maxInFlight: 500,
  maxWaiting: 5000,
  approvedBy: 'analytics',
  ...more,
});
const placed = (id: string, revision = 1, timestamp?: number) =>
  raw(id, JSON.stringify(anOrder(id, revision)), timestamp === undefined ? {} : { timestamp });

function cluster(more: Parameters<typeof memoryCluster>[0] = {}): MemoryCluster {
  const made = memoryCluster(more);
  made.createTopic(topic, 1);
  return made;
}

const committed = (of: MemoryCluster) => of.committed(group, topic, 0).offset;
const records = (of: MemoryCluster) => of.records(ledger).map(({ value }) => JSON.parse(String(value)));
const lost = (of: MemoryCluster) => {
  const read = of.records(ledger).flatMap(({ value }) => parseLossRecord(value) ?? []);
  return Object.fromEntries(
    [...lossAccount(read, committed(of) ?? 0n)].map(([cause, ranges]) => [cause, printRanges(ranges)]),
  );
};

describe('drop-newest', () => {
  const backpressure = lossy({ maxInFlight: 1, maxWaiting: 2 });

  test('refuses what arrives at the full buffer, and says so in the ledger with its approver', async () => {
    const broker = cluster();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster: broker, telemetry });
    const { opened, open } = gate();
    const handled: string[] = [];
    runtime.consume(atLeastOnce({ event, backpressure, concurrency: 1 }), async ({ orderId }) => {
      await opened;
      handled.push(orderId);
    });
    await runtime.start();
    await until(() => runtime.readiness().ready);
    await until(() => committed(broker) === 0n);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) broker.publish(placed(id));
    // One runs, two wait.
    await until(() => telemetry.value('recordsDropped') === 3);
    await pause(20);
    expect(committed(broker)).toBe(0n);
    open();
    await runtime.settled();
    await runtime.stop();
    expect([handled, committed(broker), lost(broker)]).toEqual([['a', 'b', 'c'], 6n, { 'drop-newest': '3-5' }]);
    expect(telemetry.value('recordsHandled')).toBe(3);
    expect(records(broker)).toMatchObject([
      { kind: 'take-over', group, topic, partition: 0, frontier: '0', epoch: { ledgerEnd: '0', generation: 1 } },
      { kind: 'loss', group, topic, partition: 0, policy: 'drop-newest', approvedBy: 'analytics', count: '3' },
    ]);
  });

  test('the key of a refused record waits until no later owner can decide otherwise', async () => {
    const broker = cluster();
    const runtime = memoryRuntime({ cluster: broker });
    const [slow, full] = [gate(), gate()];
    const handled: string[] = [];
    const room = { ...backpressure, maxInFlight: 2, maxWaiting: 1 };
    runtime.consume(atLeastOnce({ event, backpressure: room, concurrency: 8 }), async ({ orderId, revision }) => {
      await (orderId === 'slow' ? slow : full).opened;
      handled.push(`${orderId} ${revision}`);
    });
    await runtime.start();
    await until(() => runtime.readiness().ready);
    for (const id of ['slow', 'b', 'b', 'c']) broker.publish(placed(id));
    await until(() => records(broker).length === 2);
    // Room again, and c 1 is counted as lost; but until the group knows it, another owner might handle it after c 2.
    full.open();
    await until(() => handled.length === 2);
    broker.publish(placed('d', 2));
    await until(() => handled.length === 3);
    broker.publish(placed('c', 2));
    await pause(50);
    expect([handled, committed(broker)]).toEqual([['b 1', 'b 1', 'd 2'], 0n]);
    slow.open();
    await runtime.settled();
    await runtime.stop();
    expect(handled).toEqual(['b 1', 'b 1', 'd 2', 'slow 1', 'c 2']);
    expect(lost(broker)).toEqual({ 'drop-newest': '3' });
  });
});

test('drop-newest: a commit that is not acknowledged lets no successor start', async () => {
  const broker = cluster();
  const runtime = memoryRuntime({ cluster: broker, timing: { sessionTimeoutMs: 200 } });
  const { opened, open } = gate();
  const handled: string[] = [];
  const backpressure = lossy({ maxInFlight: 1, maxWaiting: 1 });
  runtime.consume(atLeastOnce({ event, backpressure, concurrency: 1 }), async ({ orderId, revision }) => {
    await opened;
    handled.push(`${orderId} ${revision}`);
  });
  await runtime.start();
  await until(() => committed(broker) === 0n);
  for (const id of ['a', 'b', 'c']) broker.publish(placed(id));
  await until(() => records(broker).length === 2);
  broker.fail({ operation: 'commit', reason: 'unreachable', times: 1000 });
  open();
  await until(() => handled.length === 2);
  broker.publish(placed('c', 2));
  await pause(50);
  expect(handled).toEqual(['a 1', 'b 1']);
  broker.heal();
  await runtime.settled();
  expect(handled).toEqual(['a 1', 'b 1', 'c 2']);
  await runtime.stop();
});

describe('drop-oldest', () => {
  test('skips what is older than maxAge on arrival, and again when its turn comes', async () => {
    const clock = manualClock();
    const broker = cluster({ clock });
    const runtime = memoryRuntime({ cluster: broker, clock });
    const { opened, open } = gate();
    const handled: number[] = [];
    const backpressure = lossy({ policy: 'drop-oldest', maxAgeMs: 10_000 });
    runtime.consume(atLeastOnce({ event, backpressure, concurrency: 1, timeoutMs: 600_000 }), async ({ revision }) => {
      if (revision === 2) await opened;
      handled.push(revision);
    });
    broker.publish(placed('a', 1, clock.now() - 10_001));
    broker.publish(placed('a', 2, clock.now() - 10_000));
    broker.publish(placed('a', 3, clock.now()));
    broker.publish(placed('b', 4, clock.now() + 15_000));
    // Without a time there is no age.
    broker.publish(placed('a', 5, -1));
    const started = runtime.start();
    await clock.pass(100);
    await started;
    await clock.pass(12_000);
    open();
    await clock.pass(1000);
    expect([handled.sort(), committed(broker), lost(broker)]).toEqual([[2, 4, 5], 5n, { 'drop-oldest': '0,2' }]);
    const stopped = runtime.stop();
    await clock.pass(1000);
    await stopped;
  });

  test('skips what is further than maxLag from the end of its partition', async () => {
    const broker = cluster();
    const runtime = memoryRuntime({ cluster: broker });
    const handled: number[] = [];
    const backpressure = lossy({ policy: 'drop-oldest', maxLag: 3 });
    runtime.consume(atLeastOnce({ event, backpressure }), ({ revision }) => handled.push(revision));
    for (let revision = 1; revision <= 10; revision++) broker.publish(placed('a', revision));
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect([handled, lost(broker)]).toEqual([[8, 9, 10], { 'drop-oldest': '0-6' }]);
  });

  test('a record that waits for its retry or its dead letter is never dropped; its successors may be', async () => {
    const clock = manualClock();
    const broker = cluster({ clock });
    const runtime = memoryRuntime({ cluster: broker, clock });
    const attempts: number[] = [];
    const retry = {
      attempts: 2,
      withinMs: 3_600_000,
      initialMs: 60_000,
      factor: 1,
      maxMs: 60_000,
      jitter: 'none',
    } as const;
    const backpressure = lossy({ policy: 'drop-oldest', maxAgeMs: 10_000 });
    runtime.consume(
      atLeastOnce({ event, backpressure, retry: { ...retry, ratio: 1, nonRetryable: [] } }),
      ({ revision }) => {
        attempts.push(revision);
        if (revision === 1) throw new Error('no');
      },
    );
    broker.publish(placed('a', 1, clock.now()));
    broker.publish(placed('a', 2, clock.now()));
    const started = runtime.start();
    await clock.pass(100);
    await started;
    await clock.pass(61_000);
    broker.publish(placed('a', 3, clock.now()));
    await clock.pass(1000);
    expect([attempts, lost(broker), committed(broker)]).toEqual([[1, 1, 3], { 'drop-oldest': '1' }, 3n]);
    expect(broker.records(letters).map((letter) => text(letter, 'tenet-dlq-original-offset'))).toEqual(['0']);
    const stopped = runtime.stop();
    await clock.pass(1000);
    await stopped;
  });
});

describe('sample', () => {
  const backpressure = lossy({ policy: 'sample', keepOneIn: 4 });
  const consume = async (broker: MemoryCluster) => {
    const runtime = memoryRuntime({ cluster: broker });
    const kept: string[] = [];
    const rates = new Set<number>();
    runtime.consume(atLeastOnce({ event, backpressure }), ({ orderId, revision }, { sampledRate }) => {
      kept.push(`${orderId} ${revision}`);
      rates.add(sampledRate);
    });
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    return { kept, rates: [...rates] };
  };
  const published = () => {
    const broker = cluster();
    // Each key at every fourth offset: the pattern that counting by offset would fall for.
    for (let i = 0; i < 4000; i++) broker.publish(placed(`k-${i % 4}`, i));
    return broker;
  };

  test('keeps one in N of each key, whatever offsets it has, and tells the handler', async () => {
    const broker = published();
    const { kept, rates } = await consume(broker);
    for (const key of [0, 1, 2, 3]) {
      const share = kept.filter((one) => one.startsWith(`k-${key} `)).length / 1000;
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.3);
    }
    expect(rates).toEqual([4]);
    const dropped = records(broker).reduce((sum, { count }) => sum + Number(count ?? 0), 0);
    expect(kept.length + dropped).toBe(4000);
  });

  test('is a pure function of key and offset, so that a crash does not reset it', async () => {
    const [first, second] = [await consume(published()), await consume(published())];
    expect(first).toEqual(second);
    const broker = published();
    const interrupted = memoryRuntime({ cluster: broker });
    const kept = new Set<string>();
    interrupted.consume(atLeastOnce({ event, backpressure }), async ({ orderId, revision }) => {
      kept.add(`${orderId} ${revision}`);
      await pause(1);
    });
    await interrupted.start();
    await until(() => kept.size > 100);
    interrupted.cutOff();
    for (const one of (await consume(broker)).kept) kept.add(one);
    expect([...kept].sort()).toEqual([...first.kept].sort());
  });

  test('rates multiply along a chain', async () => {
    const broker = cluster();
    const runtime = memoryRuntime({ cluster: broker, service: 'checkout-api' });
    const rates: number[] = [];
    runtime.consume(
      atLeastOnce({ event, backpressure: { ...backpressure, keepOneIn: 2 } }),
      async (_order, context) => {
        rates.push(context.sampledRate);
      },
    );
    const producer = runtime.producer(orderPlaced(onePartition));
    await runtime.start();
    for (let i = 0; i < 40; i++) await producer.send(anOrder(`o-${i}`), { sampledRate: 5 });
    await runtime.settled();
    expect(new Set(rates)).toEqual(new Set([10]));
    expect(text(broker.records(topic)[0] ?? nobody(), 'ce_sampledrate')).toBe('5');
    await producer.send(anOrder('o-40'));
    expect(text(broker.records(topic)[40] ?? nobody(), 'ce_sampledrate')).toBeUndefined();
    for (const rate of [0, 1.5, -1, Number.NaN]) {
      await expect(producer.send(anOrder('o'), { sampledRate: rate })).rejects.toMatchObject({ code: 'invalid-event' });
    }
    await runtime.stop();
  });

  test('a rate that is none is not believed', async () => {
    const broker = cluster();
    const runtime = memoryRuntime({ cluster: broker });
    const rates: number[] = [];
    runtime.consume(atLeastOnce({ event }), (_order, { sampledRate }) => rates.push(sampledRate));
    for (const rate of ['3', '0', '-2', 'many', '1e9', '']) {
      broker.publish({ ...placed('a'), headers: [['ce_sampledrate', Buffer.from(rate)]] });
    }
    await runtime.start();
    await runtime.settled();
    expect(rates).toEqual([3, 1, 1, 1, 1, 1]);
    await runtime.stop();
  });
});

describe('the account', () => {
  const backpressure = lossy({ policy: 'drop-oldest', maxLag: 2 });
  const dropsSix = (broker: MemoryCluster, options: Parameters<typeof memoryRuntime>[0] = {}) => {
    for (let revision = 1; revision <= 8; revision++) broker.publish(placed('a', revision));
    const runtime = memoryRuntime({ cluster: broker, ...options });
    const handled: number[] = [];
    runtime.consume(atLeastOnce({ event, backpressure }), ({ revision }: Order) => handled.push(revision));
    return { runtime, handled };
  };

  test('a loss stands in the ledger before the commit that passes it', async () => {
    const inner = cluster();
    const seen: string[] = [];
    const watched: MemoryCluster = {
      ...inner,
      broker: () => {
        const broker = inner.broker();
        return {
          ...broker,
          consumer: (...call) => {
            const consumer = broker.consumer(...call);
            const commit: typeof consumer.commit = (offsets) => {
              seen.push(`${offsets.map(({ offset }) => offset)}: ${records(inner).map(({ kind }) => kind)}`);
              return consumer.commit(offsets);
            };
            return { ...consumer, commit };
          },
        };
      },
    };
    const { runtime } = dropsSix(watched);
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect(seen.at(-1)).toBe('8: take-over,loss');
    expect(seen.filter((one) => !one.startsWith('0: ') && !one.endsWith('loss'))).toEqual([]);
  });

  test('while the ledger is away nothing is lost, and the partition waits and says so', async () => {
    const broker = cluster();
    const log = collecting();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster: broker, log, telemetry });
    const handled: number[] = [];
    runtime.consume(atLeastOnce({ event, backpressure }), ({ revision }) => handled.push(revision));
    await runtime.start();
    await until(() => runtime.readiness().ready);
    broker.fail({ operation: 'produce', topic: ledger, reason: 'unreachable', times: 2 });
    for (let revision = 1; revision <= 8; revision++) broker.publish(placed('a', revision));
    await until(() => telemetry.value('lossLedgerFailures') === 1);
    await pause(30);
    expect([committed(broker), telemetry.value('recordsDropped'), records(broker).length]).toEqual([0n, 0, 1]);
    await runtime.settled();
    await runtime.stop();
    expect([handled, committed(broker), lost(broker)]).toEqual([[7, 8], 8n, { 'drop-oldest': '0-5' }]);
    expect(log.incidents).toEqual([
      expect.objectContaining({ code: 'loss-ledger-unavailable', partition: 0, offset: 0n }),
    ]);
  });

  test('a new owner first writes its take-over: nothing is read before the ledger has it', async () => {
    const broker = cluster();
    const { runtime, handled } = dropsSix(broker);
    broker.createTopic(ledger, 1);
    broker.fail({ operation: 'produce', topic: ledger, reason: 'unknown', applied: true, times: 2 });
    await runtime.start();
    await until(() => broker.records(ledger).length === 1);
    await pause(20);
    expect([handled, runtime.readiness().ready]).toEqual([[], false]);
    await runtime.settled();
    await runtime.stop();
    expect([handled, lost(broker)]).toEqual([[7, 8], { 'drop-oldest': '0-5' }]);
  });

  test('the end of the ledger is read before the group is asked: a member that was thrown out ends nobody’s epoch', async () => {
    const broker = cluster();
    const { runtime } = dropsSix(broker);
    broker.fail({ operation: 'confirm', reason: 'fenced', times: 2 });
    await runtime.start();
    await pause(20);
    expect(broker.records(ledger)).toEqual([]);
    await runtime.settled();
    await runtime.stop();
    expect(records(broker).map(({ kind }) => kind)).toEqual(['take-over', 'loss']);
  });

  test('what was lost and not committed is decided anew by the next owner, and counted once', async () => {
    const broker = cluster();
    const first = dropsSix(broker);
    broker.fail({ operation: 'commit', reason: 'unreachable', times: 1000 });
    await first.runtime.start();
    await until(() => records(broker).length === 2);
    first.runtime.cutOff();
    broker.heal();
    for (let revision = 9; revision <= 10; revision++) broker.publish(placed('a', revision));
    const second = memoryRuntime({ cluster: broker });
    const handled: number[] = [];
    // Its owner would rather be late.
    second.consume(atLeastOnce({ event, backpressure: { ...backpressure, maxLag: 6 } }), ({ revision }) =>
      handled.push(revision),
    );
    await second.start();
    await second.settled();
    await second.stop();
    expect([handled, lost(broker)]).toEqual([[5, 6, 7, 8, 9, 10], { 'drop-oldest': '0-3' }]);
  });

  test('an offset that was given up and then taken by retention is counted once', async () => {
    const broker = cluster();
    const first = dropsSix(broker);
    broker.fail({ operation: 'commit', reason: 'unreachable', times: 1000 });
    await first.runtime.start();
    await until(() => records(broker).length === 2);
    first.runtime.cutOff();
    broker.heal();
    broker.commit(group, { topic, partition: 0, offset: 0n, metadata: 'tenet/1' });
    broker.deleteBefore(topic, 0, 4n);
    const second = memoryRuntime({ cluster: broker });
    second.consume(atLeastOnce({ event, backpressure, onOffsetLost: 'earliest' }), () => undefined);
    await second.start();
    await second.settled();
    await second.stop();
    expect(lost(broker)).toEqual({ retention: '0-3', 'drop-oldest': '4-5' });
  });

  test('under effectively-once, too', async () => {
    const broker = cluster();
    const runtime = memoryRuntime({ cluster: broker });
    const handled: number[] = [];
    for (let revision = 1; revision <= 8; revision++) broker.publish(placed('a', revision));
    runtime.consume(effectivelyOnce({ event, backpressure }), ({ revision }) => handled.push(revision));
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect([handled, lost(broker)]).toEqual([[7, 8], { 'drop-oldest': '0-5' }]);
  });
});

function nobody(): never {
  throw new Error('there is none');
}
