/** Ends of a runtime: while it starts, while the broker is away, twice, halfway; nothing is left open after any. */
import { createRuntime } from '@tenet/runtime';
import { type MemoryBroker, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, silentLog } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { BrokerError } from '../../../runtime/src/broker/broker.ts';
import { type Clock, systemClock } from '../../../runtime/src/clock.ts';
import { anOrder, atLeastOnce, effectivelyOnce, orderPlaced } from './orders.ts';
import { gate, letters, pause, raw, topic, until } from './support.ts';

const placed = (id: string) => raw(id, JSON.stringify(anOrder(id)));

/** Counts the timers that keep the process alive. */
function holding(): Clock & { readonly held: number } {
  let held = 0;
  return {
    ...systemClock,
    timer(ms, call, hold) {
      if (hold === undefined) return systemClock.timer(ms, call);
      held += 1;
      let open = true;
      const end = () => {
        if (open) held -= 1;
        open = false;
      };
      const cancel = systemClock.timer(ms, () => {
        end();
        call();
      });
      return () => {
        end();
        cancel();
      };
    },
    get held() {
      return held;
    },
  };
}

function withTopics() {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 3);
  cluster.createTopic(letters, 3, { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '2000000' });
  return cluster;
}

test('a stop while the runtime starts waits for the start and leaves the group', async () => {
  const clock = holding();
  const cluster = withTopics();
  const runtime = memoryRuntime({ cluster, clock });
  let handled = 0;
  runtime.consume(atLeastOnce(), () => {
    handled += 1;
  });
  const started = runtime.start();
  await runtime.stop();
  await started;
  cluster.publish(placed('o-1'));
  await pause(30);
  expect([handled, clock.held]).toEqual([0, 0]);
  expect(runtime.readiness()).toEqual({ ready: false, reasons: ['the runtime of test is stopped'] });
});

test('a stop does not wait longer than its budget for a start that hangs, and the start is refused then', async () => {
  const clock = holding();
  const broker = withTopics().broker();
  const { opened, open } = gate();
  let closed = 0;
  const slow: MemoryBroker = {
    ...broker,
    connect: () => opened,
    close: async () => {
      closed += 1;
    },
  };
  const runtime = createRuntime({ service: 'picking', broker: slow, clock, log: silentLog, timing: { stopMs: 20 } });
  runtime.consume(atLeastOnce(), () => undefined);
  const started = runtime.start().catch((error: Error) => error.message);
  await runtime.stop();
  open();
  expect(await started).toBe('the runtime of picking was stopped while it started');
  expect([closed > 0, clock.held]).toEqual([true, 0]);
});

test('a second stop waits for the first one', async () => {
  const runtime = memoryRuntime();
  const { opened, open } = gate();
  let ended = false;
  runtime.consume(atLeastOnce(), async () => {
    await opened;
    ended = true;
  });
  await runtime.start();
  runtime.cluster.publish(placed('o-1'));
  await pause(20);
  const stops = [runtime.stop(), runtime.stop()];
  await pause(20);
  open();
  await stops[1];
  expect(ended).toBe(true);
  await stops[0];
});

test('a stop before the start does nothing, and the runtime may be started and stopped later', async () => {
  const runtime = memoryRuntime();
  let handled = 0;
  runtime.consume(atLeastOnce(), () => {
    handled += 1;
  });
  await runtime.stop();
  await runtime.deliver(orderPlaced(), anOrder('o-1'));
  await runtime.stop();
  runtime.cluster.publish(placed('o-2'));
  await pause(20);
  expect(handled).toBe(1);
});

test('a broker that refuses the leaving: everything else is closed, nothing holds the process, the reason is told', async () => {
  const clock = holding();
  const broker = withTopics().broker();
  const store = memoryStore().inbox();
  const closed: string[] = [];
  const runtime = createRuntime({
    service: 'picking',
    clock,
    log: silentLog,
    broker: {
      ...broker,
      consumer: (...call) => ({
        ...broker.consumer(...call),
        stop: async () => {
          throw new BrokerError('unreachable', 'away');
        },
      }),
      close: async () => {
        closed.push('broker');
      },
    },
    store: {
      ...store,
      close: async () => {
        closed.push('store');
      },
    },
  });
  runtime.consume(effectivelyOnce(), () => undefined);
  await runtime.start();
  await expect(runtime.stop()).rejects.toThrow('away');
  expect([closed, clock.held]).toEqual([['broker', 'store'], 0]);
});

test('an outage: the stop keeps its budget, what was being sent is refused, the process may end', async () => {
  const clock = holding();
  const cluster = withTopics();
  const runtime = createRuntime({
    service: 'checkout-api',
    broker: cluster.broker(),
    clock,
    log: silentLog,
    timing: { stopMs: 100 },
  });
  const producer = runtime.producer(orderPlaced());
  await runtime.start();
  cluster.fail({ operation: 'produce', topic, reason: 'unreachable', times: 1_000_000 });
  const sent = producer.send(anOrder('o-1')).catch((error: unknown) => error);
  await pause(150);
  const begun = performance.now();
  await runtime.stop();
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(await sent).toMatchObject({ code: 'send-failed', retryable: true });
  expect(clock.held).toBe(0);
});

test('the process is held while somebody waits for an answer to what was sent', async () => {
  const clock = holding();
  const cluster = withTopics();
  const runtime = createRuntime({ service: 'checkout-api', broker: cluster.broker(), clock, log: silentLog });
  const producer = runtime.producer(orderPlaced());
  await runtime.start();
  cluster.fail({ operation: 'produce', topic, reason: 'unreachable', times: 3 });
  const sent = producer.send(anOrder('o-1'));
  await until(() => clock.held === 1);
  await sent;
  expect(clock.held).toBe(0);
  await runtime.stop();
});

test('a handler that never ends does not hold the process after the stop', async () => {
  const clock = holding();
  const runtime = memoryRuntime({ clock, timing: { stopMs: 50 } });
  let started = 0;
  runtime.consume(atLeastOnce(), () => {
    started += 1;
    return new Promise(() => undefined);
  });
  await runtime.start();
  runtime.cluster.publish(placed('o-1'));
  await until(() => started === 1);
  await runtime.stop();
  expect(clock.held).toBe(0);
});

test('a start that fails halfway closes what was opened, and nobody stays in the group', async () => {
  const clock = holding();
  const cluster = withTopics();
  const store = memoryStore().inbox();
  let closed = 0;
  const broker = cluster.broker();
  let opened = 0;
  const runtime = createRuntime({
    service: 'picking',
    clock,
    log: silentLog,
    broker: {
      ...broker,
      consumer: (...call) => {
        const inner = broker.consumer(...call);
        opened += 1;
        if (opened === 1) return inner;
        return {
          ...inner,
          start: async () => {
            throw new BrokerError('refused', 'no place for a second one');
          },
        };
      },
    },
    store: {
      ...store,
      close: async () => {
        closed += 1;
      },
    },
  });
  cluster.createTopic(`${topic}.audit.dlq`, 3, { 'max.message.bytes': '2000000' });
  let handled = 0;
  for (const name of ['fulfillment', 'audit']) {
    runtime.consume(effectivelyOnce({ name }), () => {
      handled += 1;
    });
  }
  await expect(runtime.start()).rejects.toThrow('no place for a second one');
  cluster.publish(placed('o-1'));
  await pause(30);
  expect([handled, closed, clock.held]).toEqual([0, 1, 0]);
  // The other member would get nothing if somebody were left in the group.
  const next = memoryRuntime({ cluster, service: 'picking' });
  next.consume(effectivelyOnce(), () => {
    handled += 1;
  });
  await next.start();
  await until(() => handled === 1);
  await next.stop();
});
