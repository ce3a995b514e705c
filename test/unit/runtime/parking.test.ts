/** What waits beyond its bound behind a failing key is parked, in order; nothing else is. */
import { createRuntime } from '@tenet/runtime';
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../../runtime/src/consumer/commit-metadata.ts';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { backpressure, deadLetter, event, lineWorld, patient, placed } from './line-world.ts';
import { atLeastOnce } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

describe('park', () => {
  const contract = { deadLetter, retry: patient, backpressure };

  test('what waits beyond maxWaiting behind a failing key goes to the line, and the others go on', async () => {
    const { failing, join, publish, handled, rows, cluster } = lineWorld({ contract });
    failing.add('a/1');
    const telemetry = memoryTelemetry();
    const runtime = await join({ telemetry });
    publish('a', ...Array.from({ length: 40 }, (_, i) => i + 1));
    for (let i = 1; i <= 40; i++) publish(`free-${i}`, 1);
    await until(() => handled.length === 40);
    expect(rows()).toHaveLength(39);
    // The failing head itself is never parked: its budget runs, and the frontier waits for it.
    expect(rows()[0]).toBe('1 waiting');
    expect(cluster.committed(group, topic, 0).offset ?? 0n).toBe(0n);
    // Bodies stay in the store for as long as the head fails.
    await until(() => telemetry.value('waiting') === 0);
    await pause(20);
    expect(telemetry.value('waiting')).toBe(0);
    failing.clear();
    await until(() => handled.length === 80);
    expect(handled.filter((name) => name.startsWith('a/'))).toEqual(Array.from({ length: 40 }, (_, i) => `a/${i + 1}`));
    await runtime.settled();
    await until(() => rows().length === 0);
    await until(() => telemetry.value('pausedPartitions') === 0);
    await runtime.stop();
  });

  test('rows that were read back make room again when the first of them fails', async () => {
    const { failing, join, publish, handled, rows } = lineWorld({ contract });
    failing.add('a/1');
    const telemetry = memoryTelemetry();
    const runtime = await join({ telemetry });
    publish('a', ...Array.from({ length: 20 }, (_, i) => i + 1));
    await until(() => rows().length === 19);
    failing.add('a/2');
    failing.delete('a/1');
    // The second one fails, and has seven others behind it in memory: more than may wait.
    await until(() => handled.length === 1);
    await until(() => telemetry.value('waiting') >= 5 || rows().length === 19);
    for (let i = 1; i <= 20; i++) {
      publish(`free-${i}`, 1);
      await until(() => handled.includes(`free-${i}/1`), `free-${i} is handled`, 1000);
    }
    failing.clear();
    await until(() => rows().length === 0);
    expect(handled.filter((name) => name.startsWith('a/'))).toEqual(Array.from({ length: 20 }, (_, i) => `a/${i + 1}`));
    await runtime.stop();
  });

  test('a commit says nothing of what has a row, and of the record when the row is gone', async () => {
    const { cluster, failing, join, publish, handled, rows } = lineWorld({ contract });
    const told = () => {
      const { offset, metadata } = cluster.committed(group, topic, 0);
      const completed = readMetadata(offset ?? 0n, metadata)?.completed ?? [];
      return [offset, ...completed.map(({ from, end }) => `${from}-${end}`)].join(' ');
    };
    failing.add('stuck/1').add('a/1');
    const runtime = await join();
    publish('stuck', 1);
    publish('a', 1, 2, 3, 4, 5, 6);
    publish('free', 1);
    await until(() => rows().length === 5);
    await until(() => told() === '0 7-8', 'only the free record is told');
    failing.delete('a/1');
    failing.add('a/4');
    await until(() => handled.includes('a/3'));
    await until(() => told() === '0 1-4 7-8', 'what came out of the line is told, up to the failing one');
    // A kill now: what is told is not met again, and nothing of the key runs behind its successors.
    runtime.cutOff();
    handled.length = 0;
    failing.clear();
    const next = await join();
    await next.settled();
    await until(() => rows().length === 0);
    expect(handled.filter((name) => name.startsWith('a/'))).toEqual(['a/4', 'a/5', 'a/6']);
    expect(handled).toContain('stuck/1');
    await next.stop();
  });

  test('what waits within its bound stays in memory, however long its key fails', async () => {
    const { failing, join, publish, handled, rows } = lineWorld({ contract });
    failing.add('a/1');
    const runtime = await join();
    publish('a', 1, 2, 3);
    await pause(40);
    expect(rows()).toEqual([]);
    failing.clear();
    await until(() => handled.length === 3);
    await runtime.stop();
  });

  test.each([
    ['at-least-once', false],
    ['effectively-once', true],
  ])(
    'a parked record that dies under follow leaves its evidence and no row, and its successors go on, %s',
    async (_name, once) => {
      const { cluster, failing, join, publish, handled, rows } = lineWorld({ contract, once });
      failing.add('a/1');
      const runtime = await join();
      publish('a', 1, 2, 3, 4, 5, 6);
      cluster.publish(raw('a', '{"broken'));
      publish('a', 8);
      await until(() => rows().length === 7);
      failing.clear();
      await until(() => handled.length === 7);
      await until(() => rows().length === 0);
      expect(handled).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'a/6', 'a/8']);
      expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-original-offset'))).toEqual(['6']);
      await runtime.stop();
    },
  );

  test('nothing is parked that waits for its turn only', async () => {
    const { opened, open } = gate();
    const store = memoryStore();
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, store: store.inbox(), telemetry });
    let handled = 0;
    runtime.consume(atLeastOnce({ ...contract, event, concurrency: 1 }), async () => {
      await opened;
      handled += 1;
    });
    for (let i = 1; i <= 30; i++) cluster.publish(placed(i % 2 === 0 ? 'a' : `b-${i}`, i));
    await runtime.start();
    await until(() => telemetry.value('pausedPartitions') === 1);
    await pause(20);
    expect(store.parked()).toEqual([]);
    open();
    await until(() => handled === 30);
    await runtime.stop();
  });

  test('a key that begins to fail while its partition is paused makes room', async () => {
    const { opened, open } = gate();
    const store = memoryStore();
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, store: store.inbox(), telemetry, timing: { watchEveryMs: 5 } });
    let bad = true;
    const handled: string[] = [];
    runtime.consume(atLeastOnce({ ...contract, event }), async (order) => {
      if (order.orderId === 'a' && bad) {
        await opened;
        throw new Error('no shelf');
      }
      handled.push(order.orderId);
    });
    for (let i = 1; i <= 20; i++) cluster.publish(placed('a', i));
    await runtime.start();
    await until(() => telemetry.value('pausedPartitions') === 1);
    cluster.publish(placed('b', 1));
    await pause(20);
    expect([handled, store.parked()]).toEqual([[], []]);
    open();
    await until(() => handled.includes('b'));
    expect(store.parked()).toHaveLength(19);
    bad = false;
    await until(() => handled.length === 21);
    await runtime.stop();
  });

  test('order holds when the owner is killed while its writes are under way', async () => {
    const { failing, join, publish, handled, rows } = lineWorld({ contract });
    failing.add('a/1');
    const { opened, open } = gate();
    const first = await join({}, (line) => ({
      park: async (...call) => {
        await line.park(...call);
        await opened;
      },
    }));
    publish('a', ...Array.from({ length: 30 }, (_, i) => i + 1));
    await until(() => rows().length > 0);
    first.cutOff();
    open();
    failing.clear();
    const second = await join();
    await until(() => handled.length === 30);
    expect(handled).toEqual(Array.from({ length: 30 }, (_, i) => `a/${i + 1}`));
    await until(() => rows().length === 0);
    await second.stop();
  });

  test('a write whose answer was lost is repeated, and doubles nothing', async () => {
    const { failing, join, publish, handled, rows } = lineWorld({ contract });
    failing.add('a/1');
    const log = collecting();
    let lost = 2;
    const runtime = await join({ log, random: () => 0 }, (line) => ({
      park: async (...call) => {
        await line.park(...call);
        lost -= 1;
        if (lost >= 0) throw new InboxError('unavailable', 'no answer');
      },
    }));
    publish('a', ...Array.from({ length: 20 }, (_, i) => i + 1));
    await until(() => lost < 0);
    failing.clear();
    await until(() => handled.length === 20);
    expect(handled).toEqual(Array.from({ length: 20 }, (_, i) => `a/${i + 1}`));
    await until(() => rows().length === 0);
    expect(log.incidents.map(({ code }) => code)).toEqual(['store-unavailable']);
    await runtime.stop();
  });

  test('a row whose write is not acknowledged is not run, however far the rows before it are', async () => {
    const { failing, join, publish, handled, rows } = lineWorld({ contract });
    failing.add('a/1');
    const { opened, open } = gate();
    let parks = 0;
    const runtime = await join({ random: () => 0 }, (line) => ({
      park: async (...call) => {
        parks += 1;
        await line.park(...call);
        if (parks !== 2) return;
        await opened;
        throw new InboxError('unavailable', 'no answer');
      },
    }));
    publish('a', 1, 2, 3, 4, 5, 6, 7, 8);
    await until(() => rows().length === 7);
    publish('a', 9, 10);
    await until(() => rows().length === 9);
    failing.clear();
    await until(() => handled.length === 8);
    await pause(30);
    expect(handled).toHaveLength(8);
    open();
    await until(() => rows().length === 0);
    expect(handled).toEqual(Array.from({ length: 10 }, (_, i) => `a/${i + 1}`));
    await runtime.stop();
  });

  test('without a store the partition is paused, and says so once', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    cluster.createTopic(letters, 1, { 'max.message.bytes': '2000000' });
    const log = collecting();
    const telemetry = memoryTelemetry();
    const runtime = createRuntime({ service: 'picking', broker: cluster.broker(), log, telemetry });
    let bad = true;
    let handled = 0;
    runtime.consume(atLeastOnce({ ...contract, event }), () => {
      if (bad) throw new Error('no shelf');
      handled += 1;
    });
    await runtime.start();
    for (let i = 1; i <= 40; i++) cluster.publish(placed('a', i));
    await until(() => log.incidents.length > 0);
    await until(() => telemetry.value('pausedPartitions') === 1);
    bad = false;
    await until(() => handled === 40);
    expect(log.incidents).toEqual([
      expect.objectContaining({
        code: 'park-unavailable',
        partition: 0,
        offset: 0n,
        message: 'more waits behind it than maxWaiting, and no store can park it: the partition is paused',
      }),
    ]);
    await runtime.stop();
  });
});
