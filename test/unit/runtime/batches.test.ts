import { BatchError } from '@tenet/runtime';
import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { anOrder, batches, consumer, type Order, orderPlaced, orders } from './orders.ts';
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

  test('a stop leaves what is being collected to the next owner, which repeats nothing of what was passed', async () => {
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
    expect(seen).toEqual(['a/1,a/2,b/1', 'a/1']);
    const next = memoryRuntime({ cluster: runtime.cluster });
    next.consume(batches({ event, batch: { size: 3, withinMs: 1 } }), (batch) => {
      seen.push(String(names(batch)));
    });
    await next.start();
    await next.settled();
    await next.stop();
    expect(seen.slice(2)).toEqual(['a/2']);
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
