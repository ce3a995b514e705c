/** Handlers that run on after their deadline: said, waited for, given way to; and what a liveness probe is told. */
import { type MemoryCluster, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import type { Assignment } from '../../../runtime/src/broker/broker.ts';
import type { Clock } from '../../../runtime/src/clock.ts';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { HandlerRuns } from '../../../runtime/src/consumer/handler-runs.ts';
import { bindInstruments } from '../../../runtime/src/consumer/instruments.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, batches, consumer, effectivelyOnce, orders } from './orders.ts';
import { collecting, gate, group, raw, topic } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));
const timing = { rebalanceTimeoutMs: 60_000 };

function world() {
  const clock = manualClock();
  const cluster: MemoryCluster = memoryCluster({ clock });
  cluster.createTopic(topic, 1);
  const starting = async (runtime: { start(): Promise<unknown> }) => {
    const started = runtime.start();
    await clock.pass(10);
    await started;
  };
  const stopping = async (runtime: { stop(): Promise<void> }) => {
    const stopped = runtime.stop();
    await clock.pass(60_000);
    await stopped;
  };
  return { clock, cluster, starting, stopping };
}

test('a wedged handler is reported and its member gives way, and comes back when the handler has ended', async () => {
  const { clock, cluster, starting, stopping } = world();
  const log = collecting();
  const telemetry = memoryTelemetry();
  const { opened, open } = gate();
  const seen: string[] = [];
  const first = memoryRuntime({ cluster, clock, log, telemetry, timing });
  first.consume(atLeastOnce({ event }), async (order) => {
    seen.push(`first ${order.orderId}`);
    if (order.orderId === 'stuck') await opened;
  });
  const second = memoryRuntime({ cluster, clock, timing });
  second.consume(atLeastOnce({ event }), (order) => {
    seen.push(`second ${order.orderId}`);
  });
  await starting(first);
  await starting(second);
  for (const record of [placed('stuck'), placed('free')]) cluster.publish(record);
  await clock.pass(89_000);
  expect(seen).toEqual(['first stuck', 'first free']);
  expect(log.incidents.map(({ code }) => code)).toEqual(['handler-timeout']);
  expect(first.liveness()).toEqual({ alive: true, reasons: [] });
  await clock.pass(2000);
  expect(
    log.incidents.slice(1).map(({ code, partition, offset, message }) => [code, partition, offset, message]),
  ).toEqual([
    [
      'handler-wedged',
      0,
      0n,
      'the handler still runs 1m after its time-out; the member leaves its group and joins again when it has ended',
    ],
  ]);
  // At-least-once: the stuck record is repeated by the other member, and what is passed behind it is not.
  expect(seen.slice(2)).toEqual(['second stuck']);
  const reasons = ['orders.order-placed fulfillment: a handler is wedged'];
  expect(first.liveness()).toEqual({ alive: false, reasons });
  expect(first.readiness()).toEqual({ ready: false, reasons });
  expect(telemetry.value('wedgedHandlers')).toBe(1);
  open();
  await clock.pass(5000);
  expect(first.liveness()).toEqual({ alive: true, reasons: [] });
  expect([first.readiness().ready, telemetry.value('wedgedHandlers')]).toEqual([true, 0]);
  expect(cluster.committed(group, topic, 0).offset).toBe(2n);
  await stopping(first);
  await stopping(second);
});

test('effectively-once: what the wedged handler does in the end has no effect, the other member has made it', async () => {
  const { clock, cluster, starting, stopping } = world();
  const store = memoryStore({ clock });
  const { opened, open } = gate();
  const members = ['first', 'second'].map((name) => {
    const runtime = memoryRuntime({ cluster, clock, store: store.inbox(), timing });
    runtime.consume(effectivelyOnce({ event }), async (order, { tx }) => {
      tx.write(order.orderId, name);
      if (name === 'first') await opened;
    });
    return runtime;
  });
  for (const member of members) await starting(member);
  cluster.publish(placed('o-1'));
  await clock.pass(100_000);
  open();
  await clock.pass(10_000);
  expect(store.writes('o-1')).toBe(1);
  for (const member of members) await stopping(member);
});

test('a wedged batch holds up the drain of its member with none of its records', async () => {
  const { clock, cluster, starting, stopping } = world();
  const { opened, open } = gate();
  const seen: string[] = [];
  const members = ['first', 'second'].map((name) => {
    const runtime = memoryRuntime({ cluster, clock, timing });
    runtime.consume(batches({ event, batch: { size: 2, withinMs: 10 } }), async (all) => {
      seen.push(`${name} ${all.map(({ orderId }) => orderId).join(' ')}`);
      if (name === 'first') await opened;
    });
    return runtime;
  });
  for (const member of members) await starting(member);
  for (const record of [placed('a'), placed('b')]) cluster.publish(record);
  // The deadline, and the time of a rebalance: the drain takes no other.
  await clock.pass(91_500);
  expect(seen).toEqual(['first a b', 'second a b']);
  open();
  await clock.pass(5000);
  expect([seen.length, cluster.committed(group, topic, 0).offset]).toEqual([2, 2n]);
  for (const member of members) await stopping(member);
});

test('a member that leaves for a wedged handler takes nothing that a rebalance still gives it', async () => {
  const { clock, cluster, starting, stopping } = world();
  const { opened, open } = gate();
  const telemetry = memoryTelemetry();
  let told: () => void = () => undefined;
  const broker = cluster.broker();
  const late: typeof broker.consumer = (options, listener) => {
    let last: Assignment | undefined;
    const assigned = (assignment: Assignment) => {
      last = assignment;
      listener.assigned(assignment);
    };
    const inner = broker.consumer(options, { ...listener, assigned });
    return {
      ...inner,
      stop: async () => {
        told = () => last && listener.assigned(last);
        told();
        await inner.stop();
      },
    };
  };
  const mine = { ...cluster, broker: () => ({ ...broker, consumer: late }) };
  const runtime = memoryRuntime({ cluster: mine, clock, telemetry, timing });
  runtime.consume(atLeastOnce({ event }), () => opened);
  await starting(runtime);
  cluster.publish(placed('o-1'));
  await clock.pass(91_500);
  told();
  expect(telemetry.value('rebalances')).toBe(1);
  expect(runtime.readiness().reasons).toEqual(['orders.order-placed fulfillment: a handler is wedged']);
  open();
  await clock.pass(5000);
  expect(telemetry.value('rebalances')).toBe(2);
  await stopping(runtime);
});

test('a handler that is wedged after its partition has moved only says so: its member keeps the others', async () => {
  const { clock, cluster, starting, stopping } = world();
  const log = collecting();
  const telemetry = memoryTelemetry();
  const { opened, open } = gate();
  let attempts = 0;
  const runtime = memoryRuntime({ cluster, clock, log, telemetry, timing });
  runtime.consume(atLeastOnce({ event }), async () => {
    attempts += 1;
    if (attempts === 1) await opened;
  });
  await starting(runtime);
  cluster.publish(placed('o-1'));
  await clock.pass(1000);
  const expired = cluster.expireSessions(group);
  await clock.pass(0);
  await expired;
  await clock.pass(100_000);
  expect(log.incidents.at(-1)).toMatchObject({
    code: 'handler-wedged',
    message: 'the handler still runs 1m after its time-out',
  });
  expect(telemetry.value('rebalances')).toBe(2);
  expect(runtime.liveness().alive).toBe(false);
  cluster.publish(placed('free'));
  await clock.pass(100);
  expect(attempts).toBe(2);
  open();
  await clock.pass(1000);
  expect([attempts, runtime.liveness().alive, telemetry.value('rebalances')]).toEqual([3, true, 2]);
  await stopping(runtime);
});

test('a late handler that ends before it counts as wedged changes nothing', async () => {
  const { clock, cluster, starting, stopping } = world();
  const log = collecting();
  const telemetry = memoryTelemetry();
  const { opened, open } = gate();
  const runtime = memoryRuntime({ cluster, clock, log, telemetry, timing });
  runtime.consume(atLeastOnce({ event }), () => opened);
  await starting(runtime);
  cluster.publish(placed('o-1'));
  await clock.pass(80_000);
  open();
  await clock.pass(100_000);
  expect(log.incidents.map(({ code }) => code)).toEqual(['handler-timeout']);
  expect(telemetry.value('rebalances')).toBe(1);
  await stopping(runtime);
});

test('a wedged handler takes its place, and whoever wants to run alone does not wait for it', async () => {
  const clock = manualClock();
  const runs = new HandlerRuns({
    consumer: consumer({ timeoutMs: 1000 }),
    attempts: {
      run: () => new Promise(() => undefined),
      markDead: async () => 'dead',
      evidenced: async () => 'buried',
      payload: () => undefined,
    },
    instruments: bindInstruments(memoryTelemetry(), [consumer()], topic),
    clock,
    wedgedAfterMs: 5000,
    wanted: () => true,
    begun: () => undefined,
    ended: () => undefined,
    batchEnded: () => undefined,
    wedged: () => undefined,
    incident: () => undefined,
  });
  const record = { topic, partition: 0, offset: 0n, timestamp: 0, key: null, value: null, headers: [] };
  runs.run(new Entry(record, new Share(0, 1, new Lanes<Entry>())));
  await clock.pass(5900);
  expect([runs.size, runs.isIdle]).toEqual([1, false]);
  await clock.pass(200);
  expect([runs.size, runs.isIdle]).toEqual([1, true]);
  runs.close();
});

/** A clock of which the ticks that hold the process can be stopped. */
function stoppable(inner: ManualClock): Clock & { stopped: boolean } {
  const clock = {
    ...inner,
    stopped: false,
    timer: (ms: number, call: () => void, hold?: 'hold') =>
      inner.timer(ms, () => {
        if (!clock.stopped || hold === undefined) call();
      }),
  };
  return clock;
}

test('a core whose tick has stopped is not alive', async () => {
  const { clock, cluster, starting, stopping } = world();
  const ticking = stoppable(clock);
  const runtime = memoryRuntime({ cluster, clock: ticking, timing });
  runtime.consume(atLeastOnce({ event }), () => undefined);
  expect(runtime.liveness()).toEqual({ alive: true, reasons: [] });
  await starting(runtime);
  await clock.pass(60_000);
  expect(runtime.liveness()).toEqual({ alive: true, reasons: [] });
  ticking.stopped = true;
  await clock.pass(31_500);
  expect(runtime.liveness()).toEqual({
    alive: false,
    reasons: ['orders.order-placed fulfillment: its clock has stopped'],
  });
  await stopping(runtime);
  expect(runtime.liveness()).toEqual({ alive: true, reasons: [] });
});

test('a stop ends with the slowest handler, a second later at most, and within its budget whatever runs', async () => {
  for (const [handlerMs, slowest] of [
    [0, 1000],
    [400, 1400],
    [9000, 10_000],
    [60_000, 25_000],
  ] as const) {
    const { clock, cluster, starting } = world();
    const runtime = memoryRuntime({ cluster, clock, timing });
    runtime.consume(atLeastOnce({ event, concurrency: 4 }), async (order) => {
      if (order.orderId === 'fails') throw new Error('its retry waits for nobody');
      await new Promise<void>((resolve) => {
        clock.timer(handlerMs, resolve);
      });
    });
    await starting(runtime);
    for (const id of ['a', 'b', 'c', 'fails', 'd', 'e', 'f']) cluster.publish(placed(id));
    await clock.pass(1);
    const begun = clock.monotonic();
    let ended = Number.POSITIVE_INFINITY;
    runtime.stop().then(() => {
      ended = clock.monotonic();
    });
    for (let i = 0; i < 600 && ended === Number.POSITIVE_INFINITY; i++) await clock.pass(50);
    expect([handlerMs, ended - begun <= slowest]).toEqual([handlerMs, true]);
  }
});
