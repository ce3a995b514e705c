/** Rows belong to their partition: who writes them, who reads them, and what is counted of them. */
import { type MemoryStore, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { keyHash } from '../../../runtime/src/line/key-hash.ts';
import type { Line } from '../../../runtime/src/line/line.ts';
import { deadLetter, decision, event, impatient, lineWorld, partition, placed, waiting } from './line-world.ts';
import { anOrder, atLeastOnce } from './orders.ts';
import { collecting, gate, group, letters, pause, topic, until } from './support.ts';

const why = { disposition: 'TOMBSTONE', errorClass: 'x', message: 'x', stack: undefined } as const;
const death = { ...why, attempts: 0, firstFailureAt: 0, lastFailureAt: 0 };

describe('ownership', () => {
  test('a member whose partition was taken over writes nothing into the line', async () => {
    const { failing, join, publish, rows, store, line } = lineWorld();
    failing.add('a/1');
    const { opened, open } = gate();
    const log = collecting();
    const runtime = await join({ log, timing: { sessionTimeoutMs: 600_000 } }, (inner) => ({
      bury: async (...call) => {
        await opened;
        await inner.bury(...call);
      },
    }));
    publish('a', 1);
    await pause(20);
    const epoch = await store.inbox().takeOver(partition, { member: 'other', generation: 50 });
    open();
    await until(() => log.incidents.length > 0);
    expect(log.incidents.map(({ code }) => code)).toEqual(['fenced']);
    expect(rows()).toEqual([]);
    expect((await line.read({ ...partition, epoch }, 0n)).keys).toEqual([]);
    await runtime.stop();
  });

  test('the line is read under the epoch that was raised, before the first record', async () => {
    const steps: string[] = [];
    const store = memoryStore();
    const inner = store.inbox();
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    cluster.publish(placed('a'));
    const watched = {
      ...inner,
      takeOver: async (...call: Parameters<typeof inner.takeOver>) => {
        steps.push('epoch');
        return inner.takeOver(...call);
      },
      line: {
        ...inner.line,
        read: async (...[owner, from]: Parameters<Line['read']>) => {
          steps.push(`line of epoch ${owner.epoch} from ${from}`);
          // Somebody else was faster.
          if (steps.length === 2) await inner.takeOver(partition, { member: 'other', generation: 1 });
          return inner.line.read(owner, from);
        },
      },
    };
    const runtime = memoryRuntime({ cluster, store: watched });
    runtime.consume(atLeastOnce({ event }), () => {
      steps.push('handled');
    });
    await runtime.start();
    await runtime.settled();
    expect(steps).toEqual(['epoch', 'line of epoch 1 from 0', 'epoch', 'line of epoch 3 from 0', 'handled']);
    await runtime.stop();
  });

  test('a handler that outlives its epoch settles nothing: the next one waits for it and runs again', async () => {
    const { failing, publish, line, place, committed, cluster, store, rows } = lineWorld();
    const { opened, open } = gate();
    const started: string[] = [];
    const runtime = memoryRuntime({ cluster, store: store.inbox(), timing: { watchEveryMs: 5, commitEveryMs: 5 } });
    let held = false;
    runtime.consume(atLeastOnce({ ...waiting, retry: impatient }), async (order) => {
      if (failing.has(`${order.orderId}/${order.revision}`)) throw new Error('no shelf');
      started.push(`${order.orderId}/${order.revision}`);
      if (held) return;
      held = true;
      await opened;
    });
    failing.add('a/1');
    await runtime.start();
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    failing.clear();
    await line.replay(place(0));
    await until(() => started.length === 1);
    await cluster.expireSessions(group);
    await pause(30);
    expect([started, rows()]).toEqual([['a/1'], ['0 ready', '1 waiting']]);
    open();
    await until(() => rows().length === 0);
    expect(started).toEqual(['a/1', 'a/1', 'a/2']);
    await runtime.stop();
  });

  test('a key waits for nothing that another group parked', async () => {
    const { failing, join, publish, committed, cluster, store } = lineWorld();
    failing.add('a/1');
    const runtime = await join();
    const audit = memoryRuntime({ cluster, store: store.inbox() });
    const seen: number[] = [];
    audit.consume(atLeastOnce({ event, name: 'audit' }), (order) => seen.push(order.revision));
    await audit.start();
    publish('a', 1, 2);
    await until(() => committed() === 2n && seen.length === 2);
    expect(seen).toEqual([1, 2]);
    await Promise.all([runtime.stop(), audit.stop()]);
  });

  test('a record that is not the one in the line stops the partition: the topic was made anew', async () => {
    const { join, publish, store, line, handled, committed } = lineWorld();
    const epoch = await store.inbox().takeOver(partition, { member: 'before', generation: 1 });
    const before = { topic, partition: 0, offset: 1n, timestamp: 5, key: Buffer.from('a'), value: null, headers: [] };
    await line.park({ ...partition, epoch }, [{ record: before, keyHash: keyHash('a', before) }]);
    const log = collecting();
    publish('b', 1, 2, 3);
    const runtime = await join({ log });
    await until(() => log.incidents.length > 0);
    expect(log.incidents).toEqual([
      expect.objectContaining({
        code: 'line-mismatch',
        partition: 0,
        message: expect.stringContaining('offset 1 has another record in the line than in the log'),
      }),
    ]);
    expect(runtime.readiness().ready).toBe(false);
    await pause(20);
    expect(handled).toEqual([]);
    expect(committed() ?? 0n).toBe(0n);
    await runtime.stop();
  });

  test('of two dead under one hash each waits for its own decision', async () => {
    const { join, publish, store, line, place, handled, rows } = lineWorld();
    const epoch = await store.inbox().takeOver(partition, { member: 'before', generation: 1 });
    const owner = { ...partition, epoch };
    for (const offset of [-3n, -2n]) {
      const value = Buffer.from(JSON.stringify(anOrder('z', Number(offset))));
      const record = { topic, partition: 0, offset, timestamp: 5, key: Buffer.from(`z${offset}`), value, headers: [] };
      await line.bury(owner, { record, keyHash: 7n, deaths: 1, death });
      await line.evidenced(owner, offset, 1);
    }
    const runtime = await join();
    publish('b', 1);
    await line.replay(place(-3));
    await until(() => handled.length === 2);
    await pause(30);
    expect([handled.toSorted(), rows()]).toEqual([['b/1', 'z/-3'], ['-2 dead']]);
    await line.replay(place(-2));
    await until(() => handled.length === 3);
    await runtime.stop();
  });

  test('two keys that share a hash wait for each other, and no more', async () => {
    const { join, publish, store, line, place, handled, committed } = lineWorld();
    const epoch = await store.inbox().takeOver(partition, { member: 'before', generation: 1 });
    publish('a', 1);
    const record = { topic, partition: 0, offset: -1n, timestamp: 5, key: Buffer.from('z'), value: null, headers: [] };
    const owner = { ...partition, epoch };
    await line.bury(owner, { record, keyHash: keyHash('a', record), deaths: 1, death });
    await line.evidenced(owner, -1n, 1);
    const runtime = await join();
    publish('b', 1);
    await until(() => committed() === 2n);
    expect(handled).toEqual(['b/1']);
    await line.discard(place(-1), decision);
    await until(() => handled.length === 2);
    expect(handled).toEqual(['b/1', 'a/1']);
    await runtime.stop();
  });
});

describe('what an earlier owner owed', () => {
  const dying = async (store: MemoryStore, offset: bigint) => {
    const epoch = await store.inbox().takeOver(partition, { member: 'before', generation: 1 });
    const owner = { ...partition, epoch };
    const value = Buffer.from(JSON.stringify(anOrder('a', 0)));
    const record = { topic, partition: 0, offset, timestamp: 5, key: Buffer.from('a'), value, headers: [] };
    await store.inbox().line.bury(owner, { record, keyHash: keyHash('a', record), deaths: 1, death });
    return { owner, record };
  };

  test('is told once, also when only the store was away afterwards', async () => {
    const { store, join, cluster, rows, line, place } = lineWorld();
    await dying(store, -1n);
    let away = 2;
    const runtime = await join({ random: () => 0 }, (inner) => ({
      evidenced: async (...call) => {
        away -= 1;
        if (away >= 0) throw new InboxError('unavailable', 'away');
        await inner.evidenced(...call);
      },
    }));
    await until(() => away < 0);
    expect([cluster.records(letters).length, rows()]).toEqual([1, ['-1 dead']]);
    await until(() => runtime.readiness().ready);
    expect(await line.replay(place(-1))).toBe(true);
    await runtime.stop();
  });

  test('is counted once, however early somebody decides', async () => {
    const { store, join, line, place } = lineWorld();
    await dying(store, -1n);
    const { opened, open } = gate();
    const telemetry = memoryTelemetry();
    let told = false;
    const runtime = await join({ telemetry }, (inner) => ({
      evidenced: async (...call) => {
        await inner.evidenced(...call);
        told = true;
        await opened;
      },
    }));
    await until(() => told);
    expect(await line.discard(place(-1), decision)).toBe(true);
    await pause(30);
    open();
    await until(() => telemetry.value('recordsDiscarded') === 1);
    await pause(1100);
    const parked = ['waiting', 'dead'].map((state) => telemetry.value('parked', { state }));
    expect([telemetry.value('recordsDiscarded'), ...parked]).toEqual([1, 0, 0]);
    await runtime.stop();
  });

  test('lets its successors go where the contract says follow by now', async () => {
    const { store, join, handled, rows, cluster } = lineWorld({ contract: { deadLetter } });
    const { owner, record } = await dying(store, -2n);
    const behind = { ...record, offset: -1n, value: Buffer.from(JSON.stringify(anOrder('a', 1))) };
    await store.inbox().line.park(owner, [{ record: behind, keyHash: keyHash('a', behind) }]);
    const runtime = await join();
    await until(() => handled.length === 1);
    await until(() => rows().length === 0);
    expect([handled, cluster.records(letters).length]).toEqual([['a/1'], 1]);
    await runtime.stop();
  });
});

describe('account', () => {
  test('parked is a present state: waiting, dead, and the age of the oldest', async () => {
    const { failing, join, publish, handled, line, place, committed } = lineWorld();
    failing.add('a/1');
    const telemetry = memoryTelemetry();
    const runtime = await join({ telemetry });
    publish('a', 1, 2, 3);
    await until(() => committed() === 3n);
    const parked = () => ['waiting', 'dead'].map((state) => telemetry.value('parked', { state }));
    await until(() => parked().join() === '2,1');
    await until(() => telemetry.value('oldestParked') > 0);
    failing.clear();
    await line.replay(place(0));
    await until(() => handled.length === 3);
    await until(() => parked().join() === '0,0');
    await until(() => telemetry.value('oldestParked') === 0);
    await runtime.stop();
  });
});
