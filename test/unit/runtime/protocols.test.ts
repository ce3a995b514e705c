/** One test for each paragraph of the consumer's protocols that exists so far, under its name. */
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { anOrder, atLeastOnce, effectivelyOnce, orderPlaced, orders } from './orders.ts';
import { collecting, committedTotal, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));

describe('rebalance', () => {
  test('a partition moves after its drain and its commit: nothing is repeated, order holds', async () => {
    const cluster = memoryCluster();
    const runtimes = [memoryRuntime({ cluster }), memoryRuntime({ cluster }), memoryRuntime({ cluster })];
    const seen = new Map<string, number[]>();
    const running = new Set<string>();
    let overlaps = 0;
    for (const runtime of runtimes) {
      runtime.consume(atLeastOnce(), async (order) => {
        if (running.has(order.orderId)) overlaps += 1;
        running.add(order.orderId);
        await pause(Math.random() * 4);
        running.delete(order.orderId);
        seen.set(order.orderId, [...(seen.get(order.orderId) ?? []), order.revision]);
      });
    }
    const [first, second, third] = runtimes;
    await first?.start();
    const publishing = (async () => {
      for (let revision = 1; revision <= 60; revision++) {
        for (const id of ['a', 'b', 'c', 'd', 'e']) cluster.publish(placed(id, revision));
        await pause(2);
      }
    })();
    await pause(30);
    await second?.start();
    await pause(30);
    await third?.start();
    await pause(20);
    await first?.stop();
    await publishing;
    await until(() => committedTotal(cluster) === 300n, 'everything committed', 10_000);
    expect(overlaps).toBe(0);
    expect([...seen.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const revisions of seen.values()) expect(revisions).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    await Promise.all([second?.stop(), third?.stop()]);
  });

  test('an expired session: a failure of the old epoch is neither retried nor dead-lettered', async () => {
    const cluster = memoryCluster();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, telemetry });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(atLeastOnce(), async () => {
      started += 1;
      if (started > 1) return;
      await opened;
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    await cluster.expireSessions(group);
    open();
    await runtime.settled();
    await pause(20);
    expect(started).toBe(2);
    expect(cluster.records(letters)).toEqual([]);
    await runtime.stop();
    expect(telemetry.value('inFlight')).toBe(0);
    expect(telemetry.value('recordsHandled')).toBe(1);
  });

  test('an expired session: the handler is told by its signal', async () => {
    const cluster = memoryCluster();
    const runtime = memoryRuntime({ cluster });
    const reasons: unknown[] = [];
    let started = 0;
    runtime.consume(atLeastOnce(), async (_order, { signal }) => {
      started += 1;
      if (started > 1) return;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reasons.push(signal.reason);
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    await cluster.expireSessions(group);
    await runtime.settled();
    expect(reasons).toEqual([expect.objectContaining({ code: 'fenced' })]);
    await runtime.stop();
  });

  test('an expired session: results of the old epoch count for nothing', async () => {
    const cluster = memoryCluster();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, telemetry });
    const { opened, open } = gate();
    const started: number[] = [];
    runtime.consume(atLeastOnce(), async () => {
      started.push(started.length);
      if (started.length === 1) await opened;
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started.length === 1);
    await cluster.expireSessions(group);
    await pause(50);
    // The handler of the old epoch still runs: its key waits, although the partition has been taken over again.
    expect(started).toHaveLength(1);
    expect(committedTotal(cluster)).toBe(0n);
    open();
    await runtime.settled();
    expect(started).toHaveLength(2);
    await runtime.stop();
    expect(telemetry.value('recordsHandled')).toBe(1);
    expect(telemetry.value('inFlight')).toBe(0);
    expect(committedTotal(cluster)).toBe(1n);
  });
});

describe('commit', () => {
  test('an offset without our signature is foreign: the partition stands still, the others go on', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 3);
    for (let i = 0; i < 30; i++) cluster.publish(placed(`o-${i}`));
    cluster.commit(group, { topic, partition: 1, offset: 1n, metadata: '' });
    const log = collecting();
    const runtime = memoryRuntime({ cluster, log });
    const partitions = new Set<number>();
    runtime.consume(atLeastOnce(), (_order, { partition }) => {
      partitions.add(partition);
    });
    await runtime.start();
    await until(() => partitions.size === 2);
    await pause(30);
    expect([...partitions].sort()).toEqual([0, 2]);
    expect(log.incidents).toEqual([expect.objectContaining({ code: 'foreign-offset', partition: 1 })]);
    expect(runtime.readiness()).toEqual({
      ready: false,
      reasons: ['orders.order-placed fulfillment: partitions 1 stand still'],
    });
    await runtime.stop();
    expect(cluster.committed(group, topic, 1)).toEqual({ offset: 1n, metadata: '' });
  });

  test('records that retention took before they were read stop the partition, or are skipped where the contract says so', async () => {
    for (const onOffsetLost of ['fail', 'earliest'] as const) {
      const cluster = memoryCluster();
      cluster.createTopic(topic, 1);
      for (let i = 0; i < 10; i++) cluster.publish(placed(`o-${i}`));
      cluster.commit(group, { topic, partition: 0, offset: 2n, metadata: 'tenet/1' });
      cluster.deleteBefore(topic, 0, 5n);
      const log = collecting();
      const runtime = memoryRuntime({ cluster, log });
      const offsets: bigint[] = [];
      const event = orders({ topic: { ...orders().topic, partitions: 1 } });
      runtime.consume(atLeastOnce({ onOffsetLost, event }), (_order, { offset }) => {
        offsets.push(offset);
      });
      await runtime.start();
      if (onOffsetLost === 'fail') {
        await until(() => log.incidents.length > 0);
        await pause(20);
        expect(offsets).toEqual([]);
        expect(log.incidents[0]).toMatchObject({ code: 'offset-lost', message: expect.stringContaining('3 records') });
      } else {
        await runtime.settled();
        expect(offsets).toEqual([5n, 6n, 7n, 8n, 9n]);
      }
      await runtime.stop();
    }
  });

  test('a commit whose answer was lost is read back at the stop', async () => {
    for (const applied of [true, false]) {
      const log = collecting();
      const runtime = memoryRuntime({ log, timing: { commitEveryMs: 60_000 } });
      runtime.consume(atLeastOnce(), () => undefined);
      await runtime.deliver(orderPlaced(), anOrder('o-1'));
      runtime.cluster.fail({ operation: 'commit', reason: 'unknown', applied });
      await runtime.stop();
      expect(committedTotal(runtime.cluster)).toBe(1n);
      expect(log.incidents.map(({ code }) => code)).toEqual(['commit-unknown']);
    }
  });

  test('a consumer of the latest writes its first position down, so that a crash skips nothing', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 3);
    cluster.publish(placed('before'));
    const first = memoryRuntime({ cluster });
    first.consume(atLeastOnce({ startFrom: 'latest' }), () => undefined);
    await first.start();
    await until(() => committedTotal(cluster) === 1n);
    first.cutOff();
    cluster.publish(placed('between'));
    const second = memoryRuntime({ cluster });
    const seen: string[] = [];
    second.consume(atLeastOnce({ startFrom: 'latest' }), (order) => {
      seen.push(order.orderId);
    });
    await second.start();
    await second.settled();
    expect(seen).toEqual(['between']);
    await second.stop();
  });

  test('a log that ends in markers is passed to its end', async () => {
    const cluster = memoryCluster();
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    cluster.createTopic(topic, 1);
    cluster.publish(placed('o-1'));
    cluster.skipOffset(topic, 0);
    const runtime = memoryRuntime({ cluster });
    runtime.consume(atLeastOnce({ event }), () => undefined);
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect(cluster.committed(group, topic, 0).offset).toBe(2n);
  });
});

describe('fence, claim, commit', () => {
  test('a member that is cut off in its handler leaves no effect; its successor makes it once', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    const first = memoryRuntime({ cluster, store: store.inbox() });
    const { opened, open } = gate();
    let started = 0;
    first.consume(effectivelyOnce(), async (order, { tx }) => {
      started += 1;
      tx.write(`picks/${order.orderId}`, 'first');
      await opened;
    });
    await first.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    first.cutOff();
    open();
    await pause(20);
    expect(store.writes('picks/o-1')).toBe(0);
    const second = memoryRuntime({ cluster, store: store.inbox() });
    second.consume(effectivelyOnce(), (order, { tx }) => tx.write(`picks/${order.orderId}`, 'second'));
    await second.start();
    await second.settled();
    expect([store.read('picks/o-1'), store.writes('picks/o-1')]).toEqual(['second', 1]);
    await second.stop();
  });

  test('an owner whose session expired commits nothing, however its handler ends', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    const runtime = memoryRuntime({ cluster, store: store.inbox() });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(effectivelyOnce(), async (order, { tx }) => {
      started += 1;
      const who = started;
      if (who === 1) await opened;
      tx.write(`picks/${order.orderId}`, who);
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    await cluster.expireSessions(group);
    await pause(30);
    open();
    await runtime.settled();
    expect([store.read('picks/o-1'), store.writes('picks/o-1')]).toEqual([2, 1]);
    await runtime.stop();
  });

  test('a store that is away uses up no attempt and dead-letters nothing', async () => {
    const log = collecting();
    const store = memoryStore().inbox();
    let away = 2;
    const moody = {
      ...store,
      handle: async (...call: Parameters<typeof store.handle>) => {
        away -= 1;
        if (away >= 0) throw new InboxError('unavailable', 'away');
        return store.handle(...call);
      },
    };
    const runtime = memoryRuntime({ log, store: moody });
    const attempts: number[] = [];
    runtime.consume(effectivelyOnce(), (_order, { attempt }) => {
      attempts.push(attempt);
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(attempts).toEqual([1]);
    expect(runtime.cluster.records(letters)).toEqual([]);
    expect(log.incidents.map(({ code }) => code)).toEqual(['store-unavailable']);
    await runtime.stop();
  });

  test('the same key with another payload is a duplicate that is reported', async () => {
    const log = collecting();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ log, telemetry });
    let handled = 0;
    runtime.consume(effectivelyOnce(), () => {
      handled += 1;
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1', 1, { quantity: 1 }));
    await runtime.deliver(orderPlaced(), anOrder('o-1', 1, { quantity: 2 }));
    expect(handled).toBe(1);
    expect(telemetry.value('payloadMismatches')).toBe(1);
    expect(log.incidents.map(({ code }) => code)).toEqual(['payload-mismatch']);
    await runtime.stop();
  });
});

describe('dead letter and inbox', () => {
  test('a crash between the mark and the evidence loses no dead letter', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    const first = memoryRuntime({ cluster, store: store.inbox(), timing: { commitEveryMs: 60_000 } });
    first.consume(effectivelyOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await first.start();
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    cluster.publish(placed('o-1'));
    await pause(30);
    first.cutOff();
    expect(cluster.records(letters)).toEqual([]);
    cluster.heal();
    const second = memoryRuntime({ cluster, store: store.inbox() });
    let handled = 0;
    second.consume(effectivelyOnce(), () => {
      handled += 1;
    });
    await second.start();
    await second.settled();
    expect(handled).toBe(0);
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual(['RECOVERED']);
    await second.stop();
  });

  test('evidence is produced only when the mark stands', async () => {
    const store = memoryStore().inbox();
    const marks: string[] = [];
    const moody = {
      ...store,
      markDead: async (...call: Parameters<typeof store.markDead>) => {
        marks.push(String(runtime.cluster.records(letters).length));
        if (marks.length === 1) throw new InboxError('unavailable', 'away');
        return store.markDead(...call);
      },
    };
    const runtime = memoryRuntime({ store: moody });
    runtime.consume(effectivelyOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(marks).toEqual(['0', '0']);
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });

  test('a fenced mark gives the partition up, and writes no evidence', async () => {
    const log = collecting();
    const store = memoryStore().inbox();
    let fenced = 0;
    const stolen = {
      ...store,
      markDead: async (...call: Parameters<typeof store.markDead>) => {
        fenced += 1;
        if (fenced === 1) throw new InboxError('fenced', 'another owner');
        return store.markDead(...call);
      },
    };
    const runtime = memoryRuntime({ store: stolen, log, timing: { sessionTimeoutMs: 200 } });
    let handled = 0;
    runtime.consume(effectivelyOnce(), () => {
      handled += 1;
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    // The group still counts us as the owner, so the partition was taken over again and the record met once more.
    expect(handled).toBe(2);
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    expect(log.incidents.map(({ code }) => code)).toEqual(['fenced']);
    await runtime.stop();
  });

  test('a partition that goes between the mark and the evidence leaves the evidence to its next owner', async () => {
    const cluster = memoryCluster();
    const store = memoryStore().inbox();
    const { opened, open } = gate();
    let marks = 0;
    const slow = {
      ...store,
      markDead: async (...call: Parameters<typeof store.markDead>) => {
        const marked = await store.markDead(...call);
        marks += 1;
        if (marks === 1) await opened;
        return marked;
      },
    };
    const runtime = memoryRuntime({ cluster, store: slow });
    runtime.consume(effectivelyOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => marks === 1);
    await cluster.expireSessions(group);
    open();
    await runtime.settled();
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual(['RECOVERED']);
    await runtime.stop();
  });

  test('the second copy of an event that died is a duplicate, not a second dead letter', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    runtime.consume(effectivelyOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'), { times: 2 });
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    expect(telemetry.value('recordsDuplicate')).toBe(1);
    await runtime.stop();
  });
});
