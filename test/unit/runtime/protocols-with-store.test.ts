import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { anOrder, effectivelyOnce, orderPlaced } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, until } from './support.ts';

const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));

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

  test('a claim that waits for longer than the epoch lasts starts no handler', async () => {
    const cluster = memoryCluster();
    const store = memoryStore().inbox();
    const { opened, open } = gate();
    let claims = 0;
    const slow = {
      ...store,
      handle: async (...call: Parameters<typeof store.handle>) => {
        claims += 1;
        if (claims === 1) await opened;
        return store.handle(...call);
      },
    };
    const runtime = memoryRuntime({ cluster, store: slow, timing: { stopMs: 30 } });
    let started = 0;
    runtime.consume(effectivelyOnce(), () => {
      started += 1;
    });
    await runtime.start();
    cluster.publish(placed('o-1'));
    await until(() => claims === 1);
    await runtime.stop();
    open();
    await pause(30);
    expect(started).toBe(0);
  });

  test.each([
    ['time that ran out before the handler began', new InboxError('timeout', 'the claim waited'), false],
    ['a connection that was lost under the handler', new InboxError('unavailable', 'lost'), true],
  ])('%s uses up no attempt', async (_name, error, begins) => {
    const store = memoryStore().inbox();
    let left = 4;
    const moody = {
      ...store,
      handle: async (...call: Parameters<typeof store.handle>) => {
        left -= 1;
        if (left < 0) return store.handle(...call);
        // What a handler throws when its connection breaks is not what the store then says.
        if (begins) await store.handle(...call).catch(() => undefined);
        throw error;
      },
    };
    const runtime = memoryRuntime({ store: moody, random: () => 0 });
    const attempts: number[] = [];
    runtime.consume(effectivelyOnce(), (_order, { attempt }) => {
      attempts.push(attempt);
      if (left >= 0) throw new Error('connection terminated unexpectedly');
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(attempts).toEqual(begins ? [1, 1, 1, 1, 1] : [1]);
    expect(runtime.cluster.records(letters)).toEqual([]);
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

  test('no more marks at once than handlers, however many records die', async () => {
    const store = memoryStore().inbox();
    let now = 0;
    let most = 0;
    const slow = {
      ...store,
      markDead: async (...call: Parameters<typeof store.markDead>) => {
        now += 1;
        most = Math.max(most, now);
        await pause(2);
        now -= 1;
        return store.markDead(...call);
      },
    };
    const runtime = memoryRuntime({ store: slow });
    runtime.consume(effectivelyOnce({ concurrency: 3 }), () => undefined);
    await runtime.start();
    for (let i = 0; i < 20; i++) runtime.cluster.publish(raw(`o-${i}`, '{'));
    await runtime.settled();
    expect(most).toBe(3);
    expect(runtime.cluster.records(letters)).toHaveLength(20);
    await runtime.stop();
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
