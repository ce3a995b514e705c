import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { anOrder, atLeastOnce, consumer, effectivelyOnce, orderPlaced, orders } from './orders.ts';
import { collecting, committedTotal, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));

describe('retry', () => {
  test('a handler that fails twice and then succeeds leaves no trace but its attempts', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    const attempts: number[] = [];
    runtime.consume(atLeastOnce(), (_order, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(attempts).toEqual([1, 2, 3]);
    expect(runtime.cluster.records(letters)).toEqual([]);
    expect(telemetry.value('attempts')).toBe(3);
    expect(telemetry.value('retries')).toBe(2);
    expect(telemetry.value('recordsHandled')).toBe(1);
    await runtime.stop();
  });

  test('a failing record holds its own key only, and its successors never overtake it', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    runtime.consume(
      atLeastOnce({ event: orders({ topic: { ...orders().topic, partitions: 1 } }) }),
      (order, { attempt }) => {
        if (order.orderId === 'stuck' && order.revision === 1 && attempt < 3) throw new Error('not yet');
        seen.push(`${order.orderId}/${order.revision}`);
      },
    );
    runtime.cluster.createTopic(topic, 1);
    await runtime.start();
    for (const record of [placed('stuck', 1), placed('stuck', 2), placed('free', 1), placed('free', 2)]) {
      runtime.cluster.publish(record);
    }
    await runtime.settled();
    expect(seen).toEqual(['free/1', 'free/2', 'stuck/1', 'stuck/2']);
    await runtime.stop();
  });

  test('an error that the contract names goes to the dead letter at once', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    const [letter] = runtime.cluster.records(letters);
    expect(letter && [text(letter, 'tenet-dlq-disposition'), text(letter, 'tenet-dlq-attempts')]).toEqual([
      'REJECTED',
      '1',
    ]);
    await runtime.stop();
  });

  test('the time of the budget ends it before its attempts do', async () => {
    const runtime = memoryRuntime();
    const retry = {
      ...consumer().retry,
      attempts: 100,
      withinMs: 40,
      initialMs: 10,
      maxMs: 10,
      factor: 1,
      jitter: 'none',
      ratio: 1,
      nonRetryable: [],
    } as const;
    runtime.consume(atLeastOnce({ retry }), () => {
      throw new Error('no');
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(text(letter, 'tenet-dlq-disposition')).toBe('BUDGET_EXHAUSTED');
    expect(Number(text(letter, 'tenet-dlq-attempts'))).toBeLessThanOrEqual(5);
    await runtime.stop();
  });

  test('a handler that changes its event finds it unchanged in the next attempt', async () => {
    const runtime = memoryRuntime();
    const seen: number[] = [];
    runtime.consume(atLeastOnce(), (order, { attempt }) => {
      seen.push(order.quantity);
      Object.assign(order, { quantity: 99 });
      if (attempt === 1) throw new Error('again');
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(seen).toEqual([1, 1]);
    await runtime.stop();
  });
});

describe('deadline', () => {
  test('a handler that heeds its signal fails its attempt and is tried again', async () => {
    const log = collecting();
    const runtime = memoryRuntime({ log });
    const attempts: number[] = [];
    runtime.consume(atLeastOnce({ timeoutMs: 20 }), async (_order, { attempt, signal }) => {
      attempts.push(attempt);
      if (attempt > 1) return;
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(attempts).toEqual([1, 2]);
    expect(log.incidents.map(({ code }) => code)).toEqual(['handler-timeout']);
    await runtime.stop();
  });

  test.each([
    ['at-least-once', atLeastOnce({ timeoutMs: 20 })],
    ['effectively-once', effectivelyOnce({ timeoutMs: 20 })],
  ])(
    '%s: a handler that ignores its signal keeps its lane; no successor starts while it runs',
    async (_name, descriptor) => {
      const telemetry = memoryTelemetry();
      const runtime = memoryRuntime({ telemetry });
      const { opened, open } = gate();
      const started: string[] = [];
      let running = 0;
      let most = 0;
      runtime.consume(descriptor, async (order) => {
        running += 1;
        most = Math.max(most, running);
        started.push(`${order.orderId}/${order.revision}`);
        if (started.length === 1) await opened;
        running -= 1;
      });
      await runtime.start();
      for (const revision of [1, 2]) runtime.cluster.publish(placed('o-1', revision));
      await until(() => telemetry.value('handlerTimeouts') === 1);
      await pause(60);
      expect(started).toEqual(['o-1/1']);
      open();
      await runtime.settled();
      expect(most).toBe(1);
      expect(started.at(-1)).toBe('o-1/2');
      await runtime.stop();
    },
  );
});

describe('deadline and store', () => {
  test('a store that gives up before its handler does not let the next attempt overlap', async () => {
    const { opened, open } = gate();
    const store = memoryStore().inbox();
    const hasty: typeof store = {
      ...store,
      async handle(_record, handler) {
        const tx = { write: () => undefined, read: () => undefined };
        const late = pause(20).then(() => {
          throw new InboxError('timeout', 'too long');
        });
        return Promise.race([handler(tx).then(() => ({ outcome: 'handled' as const })), late]);
      },
    };
    const runtime = memoryRuntime({ store: hasty });
    let running = 0;
    let most = 0;
    let started = 0;
    runtime.consume(effectivelyOnce(), async () => {
      started += 1;
      running += 1;
      most = Math.max(most, running);
      if (started === 1) await opened;
      running -= 1;
    });
    await runtime.start();
    runtime.cluster.publish(placed('o-1'));
    await pause(80);
    expect(started).toBe(1);
    open();
    await runtime.settled();
    expect([started, most]).toEqual([2, 1]);
    await runtime.stop();
  });
});

describe('backpressure: block', () => {
  test('a partition whose records wait is paused and resumed, others are not, and nothing is lost', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    const { opened, open } = gate();
    const backpressure = { policy: 'block', maxInFlight: 4, maxWaiting: 30 } as const;
    let handled = 0;
    let blocked = true;
    runtime.consume(atLeastOnce({ backpressure, concurrency: 4 }), async (order) => {
      if (order.orderId === 'stuck' && blocked) await opened;
      handled += 1;
    });
    await runtime.start();
    for (let i = 0; i < 600; i++) runtime.cluster.publish(placed('stuck', i));
    await until(() => telemetry.value('waiting') >= 10 || telemetry.value('pausedPartitions') === 1, 'paused', 5000);
    for (let i = 0; i < 100; i++) runtime.cluster.publish(placed(`free-${i}`, i));
    const stuckIn = runtime.cluster
      .records(topic)
      .find(({ key }) => key !== null && Buffer.from(key).equals(Buffer.from('stuck')))?.partition;
    const free = runtime.cluster.records(topic).filter(({ partition }) => partition !== stuckIn).length;
    await until(() => handled === free, 'the free partitions are done');
    expect(free).toBeGreaterThan(20);
    blocked = false;
    open();
    await runtime.settled();
    expect(handled).toBe(700);
    await until(() => telemetry.value('pausedPartitions') === 0, 'resumed');
    await runtime.stop();
  });

  test('a partition does not run away from a record that does not pass', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    const { opened, open } = gate();
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    let handled = 0;
    runtime.consume(atLeastOnce({ event, concurrency: 100 }), async (order) => {
      if (order.orderId === 'stuck') await opened;
      handled += 1;
    });
    runtime.cluster.createTopic(topic, 1);
    runtime.cluster.publish(placed('stuck'));
    const free = placed('free');
    for (let i = 0; i < 60_000; i++) runtime.cluster.publish(free);
    await runtime.start();
    await until(() => telemetry.value('pausedPartitions') === 1, 'paused', 10_000);
    await pause(50);
    expect(handled).toBeGreaterThan(40_000);
    expect(handled).toBeLessThan(51_000);
    open();
    await runtime.settled();
    expect(handled).toBe(60_001);
    await runtime.stop();
  });

  test('never more handlers than the concurrency, never more unsettled than maxInFlight', async () => {
    const runtime = memoryRuntime();
    let running = 0;
    let most = 0;
    runtime.consume(atLeastOnce({ concurrency: 3 }), async () => {
      running += 1;
      most = Math.max(most, running);
      await pause(1);
      running -= 1;
    });
    await runtime.start();
    for (let i = 0; i < 100; i++) runtime.cluster.publish(placed(`o-${i}`));
    await runtime.settled();
    expect(most).toBe(3);
    await runtime.stop();
  });
});

describe('stop', () => {
  test('drains what runs, commits it, starts nothing new; the next member repeats nothing of it', async () => {
    const cluster = memoryCluster();
    const first = memoryRuntime({ cluster });
    const { opened, open } = gate();
    const handled: string[] = [];
    first.consume(atLeastOnce({ concurrency: 1 }), async (order) => {
      if (handled.length === 0) await opened;
      handled.push(order.orderId);
    });
    await first.start();
    for (let i = 0; i < 10; i++) cluster.publish(placed(`o-${i}`));
    await pause(20);
    const stopping = first.stop();
    await pause(20);
    open();
    await stopping;
    expect(handled).toHaveLength(1);
    expect(committedTotal(cluster)).toBe(1n);
    const second = memoryRuntime({ cluster });
    second.consume(atLeastOnce(), (order) => {
      handled.push(order.orderId);
    });
    await second.start();
    await second.settled();
    expect(handled).toHaveLength(10);
    expect(new Set(handled).size).toBe(10);
    await second.stop();
  });

  test('starts nothing anew, and what it passed behind a gap is not repeated by the next owner', async () => {
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    const cluster = memoryCluster();
    const first = memoryRuntime({ cluster });
    const [a, b] = [gate(), gate()];
    const seen: string[] = [];
    first.consume(atLeastOnce({ event }), async (order) => {
      seen.push(`${order.orderId}/${order.revision}`);
      await (order.orderId === 'a' ? a : b).opened;
    });
    cluster.createTopic(topic, 1);
    await first.start();
    for (const record of [placed('a', 1), placed('a', 2), placed('b', 1), placed('b', 2)]) cluster.publish(record);
    await until(() => seen.length === 2);
    const stopping = first.stop();
    a.open();
    await pause(20);
    b.open();
    await stopping;
    expect(seen).toEqual(['a/1', 'b/1']);
    const { offset, metadata } = cluster.committed(group, topic, 0);
    expect([offset, metadata.replace(/o=[^;]+/, 'o=…')]).toEqual([1n, 'tenet/1;o=…;l;c=BB']);

    const second = memoryRuntime({ cluster });
    second.consume(atLeastOnce({ event }), (order) => seen.push(`${order.orderId}/${order.revision}`));
    await second.start();
    await second.settled();
    await second.stop();
    expect(seen).toEqual(['a/1', 'b/1', 'a/2', 'b/2']);
    expect(cluster.committed(group, topic, 0).offset).toBe(4n);
  });

  test('closes the gaps first where what it passed is more than a commit can say', async () => {
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    const cluster = memoryCluster();
    const runtime = memoryRuntime({ cluster });
    const { opened, open } = gate();
    const ended: string[] = [];
    runtime.consume(atLeastOnce({ event, concurrency: 4 }), async (order) => {
      if (order.orderId === 'stuck') await opened;
      ended.push(`${order.orderId}/${order.revision}`);
    });
    cluster.createTopic(topic, 1);
    await runtime.start();
    cluster.publish(placed('stuck', 1));
    cluster.publish(placed('stuck', 2));
    // Every second record passes: as many runs as there are digits for, and more.
    for (let i = 0; i < 5000; i++) cluster.publish(placed(i % 2 === 0 ? `free-${i}` : 'stuck', i + 3));
    await until(() => ended.length === 2500);
    await pause(30);
    expect(cluster.committed(group, topic, 0).metadata.length).toBeLessThanOrEqual(4096);
    const stopping = runtime.stop();
    open();
    await stopping;
    expect(ended.length).toBeGreaterThan(3000);

    const next = memoryRuntime({ cluster });
    next.consume(atLeastOnce({ event }), (order) => ended.push(`${order.orderId}/${order.revision}`));
    await next.start();
    await next.settled();
    await next.stop();
    expect([ended.length, new Set(ended).size]).toEqual([5002, 5002]);
  });

  test('is bounded by its budget, also when a handler never ends', async () => {
    const log = collecting();
    const runtime = memoryRuntime({ log, timing: { stopMs: 200 } });
    const { opened, open } = gate();
    runtime.consume(atLeastOnce(), () => opened);
    await runtime.start();
    runtime.cluster.publish(placed('o-1'));
    await pause(20);
    const begun = performance.now();
    await runtime.stop();
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(log.incidents.map(({ code }) => code)).toEqual(['drain-incomplete']);
    expect(committedTotal(runtime.cluster)).toBe(0n);
    open();
  });
});
