/** One test for each paragraph of the consumer's protocols that exists so far, under its name. */
import { createRuntime } from '@tenet/runtime';
import { type MemoryCluster, type MemoryTransaction, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry, silentLog } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import type { Assignment, Broker, ConsumerListener } from '../../../runtime/src/broker/broker.ts';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import type { Store } from '../../../runtime/src/store.ts';
import { anOrder, atLeastOnce, effectivelyOnce, orderPlaced, orders } from './orders.ts';
import { collecting, committedTotal, gate, group, letters, pause, raw, topic, until } from './support.ts';

const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));

/** What the consumers of a cluster are told, so that a test can tell them more. */
function overheard() {
  const inner = memoryCluster();
  const heard: { readonly listener: ConsumerListener; readonly assignment: Assignment }[] = [];
  const connect = () => {
    const broker = inner.broker();
    const consumer: Broker['consumer'] = (options, listener) => {
      let known = false;
      return broker.consumer(options, {
        ...listener,
        assigned: (assignment) => {
          if (!known) heard.push({ listener, assignment });
          known = true;
          listener.assigned(assignment);
        },
      });
    };
    return { ...broker, consumer };
  };
  const cluster: MemoryCluster = { ...inner, broker: connect };
  return { cluster, heard };
}

function nobody(): never {
  throw new Error('nobody has joined');
}

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

  test('a consumer that its adapter gave up is opened anew, once, however often that is said', async () => {
    const { cluster, heard } = overheard();
    const runtime = memoryRuntime({ cluster });
    let handled = 0;
    runtime.consume(atLeastOnce(), () => {
      handled += 1;
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    await until(() => committedTotal(cluster) === 1n);
    const [{ listener } = nobody()] = heard;
    listener.failed(new Error('gave up'), true);
    listener.failed(new Error('gave up'), true);
    expect(runtime.readiness()).toEqual({ ready: false, reasons: ['orders.order-placed fulfillment: gave up'] });
    await until(() => runtime.readiness().ready);
    cluster.publish(placed('o-2'));
    await runtime.settled();
    await pause(700);
    expect([heard.length, handled]).toEqual([2, 2]);
    await runtime.stop();
  });

  test('an assignment that comes without a word about the last one ends the last one', async () => {
    const { cluster, heard } = overheard();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, telemetry });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(atLeastOnce(), async () => {
      started += 1;
      if (started === 1) await opened;
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    const [{ listener, assignment } = nobody()] = heard;
    listener.assigned({ ...assignment });
    open();
    await runtime.settled();
    expect([started, telemetry.value('recordsHandled')]).toEqual([2, 1]);
    await runtime.stop();
    expect(telemetry.value('inFlight')).toBe(0);
  });

  test('records of a partition that is not taken over yet are not handled', async () => {
    const { cluster, heard } = overheard();
    const runtime = memoryRuntime({ cluster });
    cluster.createTopic(topic, 1);
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    let handled = 0;
    runtime.consume(atLeastOnce({ event }), () => {
      handled += 1;
    });
    cluster.fail({ operation: 'committed', reason: 'unreachable', times: 1000 });
    await runtime.start();
    const [{ listener } = nobody()] = heard;
    const record = cluster.publish(placed('o-1'));
    listener.records({ topic, partition: 0 }, [record], 1n);
    await pause(20);
    expect(handled).toBe(0);
    cluster.heal();
    await runtime.settled();
    expect(handled).toBe(1);
    await runtime.stop();
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

  test('a drain that ends after the next assignment takes nothing of it away', async () => {
    const { cluster, heard } = overheard();
    const runtime = memoryRuntime({ cluster });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(atLeastOnce(), async () => {
      started += 1;
      if (started === 1) await opened;
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => started === 1);
    const [{ listener, assignment } = nobody()] = heard;
    const draining = listener.revoking();
    // The session expires during the drain, and the group begins anew.
    listener.lost();
    listener.assigned({ ...assignment });
    open();
    await draining;
    await runtime.settled();
    expect(runtime.readiness()).toEqual({ ready: true, reasons: [] });
    await runtime.stop();
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

describe('taking over a partition', () => {
  test('epoch, then the committed offset and the bounds of the log, then the line, then seek and resume', async () => {
    const steps: string[] = [];
    const store = memoryStore().inbox();
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    cluster.createTopic(letters, 1);
    const broker = cluster.broker();
    const watched: Broker = {
      ...broker,
      admin: () => ({
        ...broker.admin(),
        offsets: (of) => {
          steps.push('log');
          return broker.admin().offsets(of);
        },
      }),
      consumer: (options, listener) => {
        const inner = broker.consumer(options, listener);
        return {
          ...inner,
          committed: (refs) => {
            steps.push('committed');
            return inner.committed(refs);
          },
          seek: (ref, offset) => {
            steps.push(`seek ${offset}`);
            inner.seek(ref, offset);
          },
          resume: (refs) => {
            steps.push('resume');
            inner.resume(refs);
          },
        };
      },
    };
    const watchedStore: Store<MemoryTransaction> = {
      ...store,
      takeOver: async (...call) => {
        await pause(5);
        steps.push('epoch');
        return store.takeOver(...call);
      },
      line: {
        ...store.line,
        read: async (...call) => {
          steps.push('line');
          return store.line.read(...call);
        },
      },
    };
    const runtime = createRuntime({ service: 'picking', broker: watched, store: watchedStore, log: silentLog });
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    runtime.consume(effectivelyOnce({ event }), () => undefined);
    await runtime.start();
    await until(() => runtime.readiness().ready);
    expect(steps).toEqual(['epoch', 'committed', 'log', 'line', 'seek 0', 'resume']);
    await runtime.stop();
  });

  test('is repeated while the broker or the store does not answer', async () => {
    const cluster = memoryCluster();
    const store = memoryStore().inbox();
    let away = 2;
    const moody: typeof store = {
      ...store,
      takeOver: async (...call) => {
        away -= 1;
        if (away >= 0) throw new InboxError('unavailable', 'away');
        return store.takeOver(...call);
      },
    };
    const runtime = memoryRuntime({ cluster, store: moody });
    cluster.fail({ operation: 'committed', reason: 'unreachable', times: 2 });
    runtime.consume(effectivelyOnce(), () => undefined);
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(committedTotal(cluster) <= 1n).toBe(true);
    await runtime.stop();
    expect(committedTotal(cluster)).toBe(1n);
  });

  test('a committed offset beyond the end of the log belongs to another log', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 3);
    cluster.commit(group, { topic, partition: 0, offset: 99n, metadata: 'tenet/1' });
    const log = collecting();
    const runtime = memoryRuntime({ cluster, log });
    runtime.consume(atLeastOnce(), () => undefined);
    await runtime.start();
    await until(() => log.incidents.length > 0);
    expect(log.incidents).toEqual([expect.objectContaining({ code: 'offset-lost', partition: 0 })]);
    await runtime.stop();
    expect(cluster.committed(group, topic, 0).offset).toBe(99n);
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
