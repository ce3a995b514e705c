/** The line beside batch handlers and streams: what has a row runs by itself, and with the handler of its event. */
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { textHeader } from '../../../runtime/src/envelope/headers.ts';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { backpressure, event, impatient, lineWorld, partition, patient, placed, waiting } from './line-world.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, batches, batchesOnce, type Order } from './orders.ts';
import { group, letters, raw, topic, until } from './support.ts';

const batch = { size: 10, withinMs: 5 };
const names = (all: readonly Order[]) => all.map(({ orderId, revision }) => `${orderId}/${revision}`).join(' ');

describe.each([
  ['at-least-once', batches],
  ['effectively-once', batchesOnce],
] as const)('batches and the line, %s', (_name, descriptor) => {
  async function join(contract: Parameters<typeof batches>[0], publish: readonly string[]) {
    const { cluster, store, line } = lineWorld();
    const runtime = memoryRuntime({ cluster, store: store.inbox(), timing: { watchEveryMs: 5, commitEveryMs: 5 } });
    const calls: string[] = [];
    const failing = new Set<string>();
    const handle = (all: readonly Order[]) => {
      calls.push(names(all));
      if (all.some((order) => failing.has(names([order])))) throw new Error('no shelf');
    };
    // Of the two descriptors, the handlers differ in their context only.
    runtime.consume(descriptor({ ...waiting, batch, ...contract }) as ReturnType<typeof batches>, handle);
    failing.add('a/1');
    for (const name of publish) {
      const [id = '', revision] = name.split('/');
      cluster.publish(placed(id, Number(revision)));
    }
    await runtime.start();
    return { cluster, store, line, runtime, calls, failing };
  }

  test('successors of a dead letter are parked, and after its replay each of them is a batch of its own, in order', async () => {
    const { cluster, store, line, runtime, calls, failing } = await join({ retry: impatient }, [
      'a/1',
      'b/1',
      'a/2',
      'a/3',
      'b/2',
    ]);
    await until(() => cluster.committed(group, topic, 0).offset === 5n);
    expect(store.parked().map(({ offset, state }) => `${offset} ${state}`)).toEqual([
      '0 dead',
      '2 waiting',
      '3 waiting',
    ]);
    expect(cluster.records(letters)).toHaveLength(1);
    calls.length = 0;
    failing.clear();
    await line.replay({ ...partition, offset: 0n });
    await until(() => store.parked().length === 0);
    expect(calls).toEqual(['a/1', 'a/2', 'a/3']);
    await runtime.stop();
  });

  test('what waits behind a failing record of a batch is parked beyond maxWaiting, and comes again after it', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `a/${i + 1}`);
    const { cluster, store, runtime, calls, failing } = await join(
      { retry: patient, backpressure, deadLetter: { ...waiting.deadLetter, after: 'follow' } },
      many,
    );
    await until(() => store.parked().length === 29);
    failing.clear();
    await until(() => cluster.committed(group, topic, 0).offset === 30n && store.parked().length === 0);
    expect(calls.slice(-30)).toEqual(many);
    await runtime.stop();
  });
});

test('a row of a stream is handled by the handler of its event', async () => {
  const { cluster, store, line } = lineWorld();
  const runtime = memoryRuntime({ cluster, store: store.inbox(), timing: { watchEveryMs: 5, commitEveryMs: 5 } });
  const seen: string[] = [];
  let shelf = false;
  for (const name of ['orders.order-cancelled', 'orders.order-placed']) {
    const other = name === 'orders.order-placed' ? 'orders.order-cancelled' : 'orders.order-placed';
    const of = { ...event, name, stream: [other] };
    runtime.consume(atLeastOnce({ ...waiting, event: of, retry: impatient }), (order) => {
      if (!shelf) throw new Error('no shelf');
      seen.push(`${name} ${names([order])}`);
    });
  }
  for (const [name, revision] of [
    ['orders.order-placed', 1],
    ['orders.order-cancelled', 2],
    ['orders.order-placed', 3],
  ] as const) {
    cluster.publish(raw('a', JSON.stringify(anOrder('a', revision)), { headers: [textHeader('ce_type', name)] }));
  }
  await runtime.start();
  await until(() => cluster.committed(group, topic, 0).offset === 3n);
  shelf = true;
  await line.replay({ ...partition, offset: 0n });
  await until(() => store.parked().length === 0);
  expect(seen).toEqual(['orders.order-placed a/1', 'orders.order-cancelled a/2', 'orders.order-placed a/3']);
  await runtime.stop();
});

test('a probe that is one of a batch ends when the store is away, and the batch comes again', async () => {
  const clock = manualClock();
  const cluster = memoryCluster({ clock });
  cluster.createTopic(topic, 1);
  const store = memoryStore({ clock }).inbox();
  let mood: 'failing' | 'away' | 'well' = 'failing';
  const seen: string[] = [];
  const runtime = memoryRuntime({
    clock,
    cluster,
    store: {
      ...store,
      handleBatch: async (...call) => {
        if (mood === 'away') throw new InboxError('unavailable', 'away');
        return store.handleBatch(...call);
      },
    },
  });
  const breaker = { failures: 0.5, overMs: 60_000, probeEveryMs: 1000 };
  const contract = {
    event,
    batch: { size: 2, withinMs: 5 },
    breaker,
    retry: { ...patient, initialMs: 1e6, maxMs: 1e6 },
  };
  runtime.consume(batchesOnce(contract), (all) => {
    if (mood === 'failing') throw new Error('no shelf');
    seen.push(names(all));
  });
  for (let i = 0; i < 14; i++) cluster.publish(placed(`o${i}`));
  await runtime.start();
  await clock.pass(500);
  mood = 'away';
  for (const id of ['p', 'q']) cluster.publish(placed(id));
  await clock.pass(5000);
  expect(seen).toEqual([]);
  mood = 'well';
  await clock.pass(100_000);
  expect(seen[0]).toMatch(/^\S+ \S+$/);
  const stopped = runtime.stop();
  await clock.pass(30_000);
  await stopped;
});
