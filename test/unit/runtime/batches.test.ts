import { BatchError } from '@tenet/runtime';
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, batches, batchesOnce, consumer, type Order, orderPlaced, orders } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));
const names = (batch: readonly Order[]) => batch.map(({ orderId, revision }) => `${orderId}/${revision}`);
const outOfStock = () => Object.assign(new Error('none left'), { name: 'OutOfStock' });

/** A started runtime over one partition that was given these records before it started. */
async function over(
  records: readonly ReturnType<typeof raw>[],
  set: (runtime: ReturnType<typeof memoryRuntime>) => void,
) {
  const telemetry = memoryTelemetry();
  const log = collecting();
  const runtime = memoryRuntime({ telemetry, log });
  runtime.cluster.createTopic(topic, 1);
  for (const record of records) runtime.cluster.publish(record);
  set(runtime);
  await runtime.start();
  return { runtime, telemetry, log };
}

describe('what a batch is', () => {
  test('up to `size` records of one partition, those of one key in their order', async () => {
    const seen: string[][] = [];
    const records = [placed('a', 1), placed('b', 1), placed('a', 2), placed('c', 1), placed('b', 2)];
    const { runtime, telemetry } = await over(records, (one) =>
      one.consume(batches({ event, batch: { size: 4, withinMs: 20 } }), (batch) => {
        seen.push(names(batch));
      }),
    );
    await runtime.settled();
    expect(seen).toEqual([['a/1', 'b/1', 'a/2', 'c/1'], ['b/2']]);
    expect(telemetry.value('recordsHandled')).toBe(5);
    expect(telemetry.value('handlerSeconds')).toBe(2);
    await runtime.stop();
  });

  test('is handed over `within` after its first record could have started, with what has come by then', async () => {
    const clock = manualClock();
    const cluster = memoryCluster({ clock });
    cluster.createTopic(topic, 1);
    const runtime = memoryRuntime({ cluster, clock });
    const seen: string[][] = [];
    runtime.consume(batches({ event, batch: { size: 4, withinMs: 100 } }), (batch) => {
      seen.push(names(batch));
    });
    runtime.start();
    await clock.pass(10);
    cluster.publish(placed('a', 1));
    await clock.pass(60);
    for (const record of [placed('a', 2), placed('b', 1)]) cluster.publish(record);
    await clock.pass(39);
    expect(seen).toEqual([]);
    await clock.pass(1);
    expect(seen).toEqual([['a/1', 'a/2', 'b/1']]);
    for (let revision = 1; revision <= 4; revision++) cluster.publish(placed('full', revision));
    await clock.pass(0);
    expect(seen[1]).toEqual(['full/1', 'full/2', 'full/3', 'full/4']);
    const stopped = runtime.stop();
    await clock.pass(10_000);
    await stopped;
    expect(clock.timers).toBe(0);
  });

  test('holds records of one partition only, also when others wait', async () => {
    const runtime = memoryRuntime();
    runtime.cluster.createTopic(topic, 3);
    for (let i = 0; i < 60; i++) runtime.cluster.publish(placed(`o-${i}`));
    const seen: (readonly number[])[] = [];
    runtime.consume(batches(), (_batch, { events, partition }) => {
      seen.push([partition, ...events.map((one) => one.partition)]);
    });
    await runtime.start();
    await runtime.settled();
    for (const partitions of seen) expect(new Set(partitions).size).toBe(1);
    expect(seen.flatMap((one) => one.slice(1))).toHaveLength(60);
    await runtime.stop();
  });

  test('tells of each event what a handler of single events is told', async () => {
    const seen: unknown[] = [];
    const { runtime } = await over([placed('a', 1), placed('b', 7)], (one) =>
      one.consume(batches({ event, batch: { size: 2, withinMs: 1000 } }), (_batch, { events }) => {
        seen.push(...events.map(({ attempt, key, offset }) => [attempt, key, offset]));
      }),
    );
    await runtime.settled();
    expect(seen).toEqual([
      [1, 'a', 0n],
      [1, 'b', 1n],
    ]);
    await runtime.stop();
  });

  test('counts as one handler against the concurrency, and its records against maxInFlight', async () => {
    const running: number[] = [];
    let most = 0;
    let records = 0;
    const { runtime, telemetry } = await over(
      Array.from({ length: 60 }, (_, i) => placed(`o-${i}`)),
      (one) =>
        one.consume(
          batches({
            event,
            concurrency: 2,
            batch: { size: 5, withinMs: 1 },
            backpressure: { policy: 'block', maxInFlight: 7, maxWaiting: 1000 },
          }),
          async (batch) => {
            running.push(batch.length);
            records = Math.max(
              records,
              running.reduce((a, b) => a + b, 0),
            );
            most = Math.max(most, running.length);
            await pause(20);
            running.splice(running.indexOf(batch.length), 1);
          },
        ),
    );
    await runtime.settled();
    expect([most, records]).toEqual([2, 7]);
    expect(telemetry.value('recordsHandled')).toBe(60);
    await runtime.stop();
  });

  test('under one order for all, is the next records', async () => {
    const seen: string[][] = [];
    const one = { ...event, ordering: 'global' as const };
    const { runtime } = await over([placed('a', 1), placed('b', 1), placed('a', 2)], (it) =>
      it.consume(batches({ event: one, batch: { size: 2, withinMs: 5 } }), (batch) => {
        seen.push(names(batch));
      }),
    );
    await runtime.settled();
    expect(seen).toEqual([['a/1', 'b/1'], ['a/2']]);
    await runtime.stop();
  });
});

describe('what becomes of a batch that fails', () => {
  test('a BatchError names what failed: that is retried alone, the others are passed', async () => {
    const seen: string[] = [];
    const { runtime, telemetry } = await over([placed('a'), placed('b'), placed('c')], (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 1000 } }), (batch, { events }) => {
        seen.push(`${names(batch)} ${events.map(({ attempt }) => attempt)}`);
        if (seen.length === 1) throw new BatchError([[1, new Error('not yet')]]);
      }),
    );
    await runtime.settled();
    expect(seen).toEqual(['a/1,b/1,c/1 1,1,1', 'b/1 2']);
    expect(telemetry.value('recordsHandled')).toBe(3);
    expect(telemetry.value('retries')).toBe(1);
    await runtime.stop();
  });

  test('what failed holds its key: later ones of it in the batch are not passed, and come again behind it', async () => {
    const seen: string[] = [];
    const records = [placed('a', 1), placed('b', 1), placed('a', 2), placed('b', 2), placed('a', 3)];
    const { runtime } = await over(records, (one) =>
      one.consume(batches({ event, batch: { size: 5, withinMs: 10 } }), (batch, { events }) => {
        seen.push(`${names(batch)} ${events.map(({ attempt }) => attempt)}`);
        if (seen.length === 1) throw new BatchError([[2, new Error('not yet')]]);
      }),
    );
    await until(() => seen.length === 3);
    await runtime.settled();
    expect(seen).toEqual(['a/1,b/1,a/2,b/2,a/3 1,1,1,1,1', 'a/2 2', 'a/3 1']);
    await runtime.stop();
    expect(runtime.cluster.committed(group, topic, 0).offset).toBe(5n);
  });

  test('the frontier stays below what failed', async () => {
    const { opened, open } = gate();
    let calls = 0;
    const { runtime } = await over([placed('a'), placed('b'), placed('c')], (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 1000 } }), async () => {
        calls += 1;
        if (calls === 1) throw new BatchError([[1, new Error('not yet')]]);
        await opened;
      }),
    );
    await until(() => calls === 2);
    await until(() => runtime.cluster.committed(group, topic, 0).offset === 1n);
    open();
    await runtime.settled();
    await runtime.stop();
  });

  test('what failed dies by itself: its own error, its own dead letter', async () => {
    const { runtime, telemetry } = await over([placed('a'), placed('b'), placed('c')], (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 1000 } }), () => {
        throw new BatchError([
          [0, outOfStock()],
          [2, outOfStock()],
        ]);
      }),
    );
    await runtime.settled();
    const dead = runtime.cluster.records(letters);
    expect(
      dead.map((letter) => [text(letter, 'tenet-dlq-original-offset'), text(letter, 'tenet-dlq-disposition')]),
    ).toEqual([
      ['0', 'REJECTED'],
      ['2', 'REJECTED'],
    ]);
    expect(dead.map((letter) => text(letter, 'tenet-dlq-error-message'))).toEqual(['none left', 'none left']);
    expect(telemetry.value('recordsHandled')).toBe(1);
    await runtime.stop();
  });

  test.each([
    ['an error that names none', () => outOfStock()],
    ['a BatchError over no event', () => new BatchError([])],
    ['a BatchError over an event that there is not', () => new BatchError([[3, outOfStock()]])],
    ['a BatchError over half an event', () => new BatchError([[0.5, outOfStock()]])],
  ])('%s kills none of them: each is handled alone', async (_name, error) => {
    const seen: string[] = [];
    const retry = { ...consumer().retry, attempts: 1, nonRetryable: ['OutOfStock', 'BatchError'] } as never;
    const { runtime } = await over([placed('a', 1), placed('b', 1), placed('a', 2)], (one) =>
      one.consume(batches({ event, retry, batch: { size: 3, withinMs: 1000 } }), (batch) => {
        if (batch.length > 1) throw error();
        if (batch[0]?.orderId === 'b') throw outOfStock();
        seen.push(...names(batch));
      }),
    );
    await runtime.settled();
    expect(seen).toEqual(['a/1', 'a/2']);
    expect(runtime.cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-original-offset'))).toEqual(['1']);
    await runtime.stop();
  });

  test('a batch of one fails as a record does', async () => {
    const attempts: number[] = [];
    const { runtime } = await over([placed('a')], (one) =>
      one.consume(batches({ event }), (_batch, { events }) => {
        attempts.push(events[0]?.attempt ?? 0);
        throw new Error('no');
      }),
    );
    await runtime.settled();
    expect(attempts).toEqual([1, 2, 3]);
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });

  test('what cannot be decoded is not in the batch, and what follows in its key waits until it is settled', async () => {
    const seen: string[] = [];
    const records = [raw('a', '{'), placed('b', 1), placed('a', 2)];
    const { runtime } = await over(records, (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 10 } }), (batch) => {
        seen.push(`${names(batch)} after ${runtime.cluster.records(letters).length}`);
      }),
    );
    await runtime.settled();
    expect(seen).toEqual(['b/1 after 0', 'a/2 after 1']);
    await runtime.stop();
  });

  test('its deadline is one, and is told once', async () => {
    const seen: string[] = [];
    const { runtime, telemetry, log } = await over([placed('a'), placed('b')], (one) =>
      one.consume(batches({ event, timeoutMs: 20, batch: { size: 2, withinMs: 1000 } }), async (batch, { signal }) => {
        seen.push(String(names(batch)));
        if (batch.length > 1)
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }),
    );
    await runtime.settled();
    expect([seen[0], ...seen.slice(1).sort()]).toEqual(['a/1,b/1', 'a/1', 'b/1']);
    expect(log.incidents.map(({ code }) => code)).toEqual(['handler-timeout']);
    expect(telemetry.value('handlerTimeouts')).toBe(1);
    await runtime.stop();
  });
});

describe('batches and stop', () => {
  test('a stop waits for the batch that runs, and starts none of what was being collected', async () => {
    const { opened, open } = gate();
    const seen: string[][] = [];
    const { runtime } = await over([placed('a'), placed('b'), placed('c')], (one) =>
      one.consume(batches({ event, batch: { size: 2, withinMs: 60_000 } }), async (batch) => {
        await opened;
        seen.push(names(batch));
      }),
    );
    await until(() => runtime.readiness().ready);
    await pause(20);
    const stopping = runtime.stop();
    open();
    await stopping;
    expect(seen).toEqual([['a/1', 'b/1']]);
    expect(runtime.cluster.committed(group, topic, 0).offset).toBe(2n);
  });

  test('a stop handles what is being collected below what was passed, so that nothing passed is repeated', async () => {
    const seen: string[] = [];
    const { runtime } = await over([placed('a', 1), placed('a', 2), placed('b', 1)], (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 60_000 } }), (batch) => {
        seen.push(String(names(batch)));
        if (seen.length === 1) throw new BatchError([[0, new Error('not yet')]]);
      }),
    );
    await until(() => seen.length === 2);
    await pause(10);
    await runtime.stop();
    expect(seen).toEqual(['a/1,a/2,b/1', 'a/1', 'a/2']);
    expect(runtime.cluster.committed(group, topic, 0).offset).toBe(3n);
  });

  test('what is taken away while it is collected is handled by its next owner, once', async () => {
    const seen: string[][] = [];
    const { runtime } = await over([placed('a'), placed('b')], (one) =>
      one.consume(batches({ event, batch: { size: 3, withinMs: 60 } }), (batch) => {
        seen.push(names(batch));
      }),
    );
    await pause(20);
    await runtime.cluster.expireSessions(group);
    await runtime.settled();
    expect(seen).toEqual([['a/1', 'b/1']]);
    await runtime.stop();
  });
});

describe('batches once', () => {
  const batch = { size: 3, withinMs: 20 };

  test('effects and keys of a batch commit in one transaction', async () => {
    const store = memoryStore();
    let transactions = 0;
    const inbox = store.inbox();
    const runtime = memoryRuntime({
      store: {
        ...inbox,
        handleBatch: (...call) => {
          transactions += 1;
          return inbox.handleBatch(...call);
        },
      },
    });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { tx }) => {
      for (const { orderId } of all) tx.write(`picks/${orderId}`, 1);
    });
    await runtime.start();
    await runtime.settled();
    expect([store.places(), transactions]).toEqual([['picks/a', 'picks/b', 'picks/c'], 1]);
    await runtime.stop();
  });

  test('duplicates are not in the batch, neither of an earlier one nor of its own', async () => {
    const seen: string[][] = [];
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    runtime.consume(batchesOnce({ event, batch: { size: 2, withinMs: 20 } }), (all) => {
      seen.push(names(all));
    });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('a'), placed('b'), placed('a'), placed('b')])
      runtime.cluster.publish(record);
    await runtime.start();
    await runtime.settled();
    expect(seen.flat().sort()).toEqual(['a/1', 'b/1']);
    expect(telemetry.value('recordsDuplicate')).toBe(3);
    await runtime.stop();
  });

  test('one that fails rolls all back; the others are handled again without it, it alone', async () => {
    const store = memoryStore();
    const runtime = memoryRuntime({ store: store.inbox() });
    const seen: string[] = [];
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a', 1), placed('b', 1), placed('a', 2)]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { tx, events }) => {
      seen.push(`${names(all)} ${events.map(({ attempt }) => attempt)}`);
      for (const { orderId, revision } of all) tx.write(`picks/${orderId}/${revision}`, seen.length);
      const failed = names(all).indexOf('a/2');
      if (all.length === 3) throw new BatchError([[failed, new Error('not yet')]]);
    });
    await runtime.start();
    await runtime.settled();
    // `a/2` waits for `a/1`, which was rolled back with it: its failure is none yet.
    expect(seen).toEqual(['a/1,b/1,a/2 1,1,1', 'a/1,b/1 1,1', 'a/2 1']);
    for (const place of store.places()) expect([place, store.writes(place)]).toEqual([place, 1]);
    expect(store.places()).toHaveLength(3);
    await runtime.stop();
  });

  test('a store that is away keeps the batch together, uses up no attempt and is told once', async () => {
    const log = collecting();
    const inbox = memoryStore().inbox();
    let away = 2;
    const runtime = memoryRuntime({
      log,
      random: () => 0,
      store: {
        ...inbox,
        handleBatch: async (...call) => {
          away -= 1;
          if (away >= 0) throw new InboxError('unavailable', 'away');
          return inbox.handleBatch(...call);
        },
      },
    });
    const seen: string[] = [];
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { events }) => {
      seen.push(`${names(all)} ${events.map(({ attempt }) => attempt)}`);
    });
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['a/1,b/1,c/1 1,1,1']);
    expect(log.incidents.map(({ code }) => code)).toEqual(['store-unavailable']);
    await runtime.stop();
  });

  test('one that was marked dead before a restart dies, and the others are handled without it', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    cluster.createTopic(topic, 1);
    const first = memoryRuntime({ cluster, store: store.inbox(), timing: { commitEveryMs: 60_000 } });
    first.consume(batchesOnce({ event, batch: { size: 1, withinMs: 1 } }), () => {
      throw outOfStock();
    });
    await first.start();
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    cluster.publish(placed('b', 1));
    await pause(30);
    first.cutOff();
    cluster.heal();
    for (const record of [placed('a', 1), placed('b', 2)]) cluster.publish(record);
    const second = memoryRuntime({ cluster, store: store.inbox() });
    const seen: string[] = [];
    second.consume(batchesOnce({ event, batch }), (all) => {
      seen.push(`${names(all)} after ${cluster.records(letters).length}`);
    });
    await second.start();
    await second.settled();
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual(['RECOVERED']);
    expect(seen).toEqual(['a/1,b/2 after 1']);
    await second.stop();
  });

  test('one that is dead behind others of its key lets them be handled first', async () => {
    const store = memoryStore().inbox();
    const runtime = memoryRuntime({ store });
    const partition = { group, topic, partition: 0 };
    const epoch = await store.takeOver(partition, { member: 'before', generation: 0 });
    const mark = { windowMs: 1e9, timeoutMs: 1000, payloadHash: new Uint8Array(32) };
    await store.markDead({ ...partition, ...mark, epoch, offset: 1n, key: JSON.stringify(['a', 2]) });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a', 1), placed('a', 2), placed('a', 3)]) runtime.cluster.publish(record);
    const seen: string[] = [];
    runtime.consume(batchesOnce({ event, batch }), (all) => {
      seen.push(`${names(all)} after ${runtime.cluster.records(letters).length}`);
    });
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['a/1 after 0', 'a/3 after 1']);
    await runtime.stop();
  });

  test('an owner whose session expired commits nothing of its batch', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) cluster.publish(record);
    const runtime = memoryRuntime({ cluster, store: store.inbox() });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(batchesOnce({ event, batch }), async (all, { tx }) => {
      started += 1;
      const who = started;
      if (who === 1) await opened;
      for (const { orderId } of all) tx.write(`picks/${orderId}`, who);
    });
    await runtime.start();
    await until(() => started === 1);
    await cluster.expireSessions(group);
    await pause(30);
    open();
    await runtime.settled();
    for (const id of ['a', 'b', 'c']) expect([store.read(`picks/${id}`), store.writes(`picks/${id}`)]).toEqual([2, 1]);
    await runtime.stop();
  });
});

test('an event is delivered to a consumer of batches as to any other', async () => {
  const runtime = memoryRuntime();
  const seen: string[] = [];
  runtime.consume(batches(), (batch) => {
    seen.push(...names(batch));
  });
  await runtime.deliver(orderPlaced(), anOrder('o-1'));
  expect(seen).toEqual(['o-1/1']);
  await runtime.stop();
});
