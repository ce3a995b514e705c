/** `tombstones: allow`: a record without a value ends what stands under its key; producers send it, handlers see null. */
import { type ConsumerContract, contract, type EventDescriptor } from '@tenet/runtime';
import { type MemoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { anOrder, batchesOnce, consumer, effectivelyOnce, type Order, orders } from './orders.ts';
import { letters, pause, raw, text, topic, until } from './support.ts';

const event = orders({ tombstones: 'allow' });
const placed = (
  key: Parameters<typeof orders>[0] = {},
): EventDescriptor<Order, 'checkout-api', never, Order, unknown> => ({
  [contract]: orders({ tombstones: 'allow', ...key }),
});
const consuming = (overrides: Partial<ConsumerContract<Order>> = {}) => ({
  [contract]: consumer({ event, ...overrides }) as ConsumerContract<Order | null>,
});

async function sentKey(key: Parameters<typeof orders>[0], given: unknown): Promise<string | null> {
  const runtime = memoryRuntime({ service: 'checkout-api' });
  const producer = runtime.producer(placed(key));
  await runtime.start();
  try {
    await producer.tombstone(given);
    const [record] = runtime.cluster.records(topic);
    return record?.key ? Buffer.from(record.key).toString() : null;
  } finally {
    await runtime.stop();
  }
}

describe('a producer', () => {
  test('sends no value, the envelope, and the key where its events go', async () => {
    const runtime = memoryRuntime({ service: 'checkout-api' });
    const producer = runtime.producer(placed());
    await runtime.start();
    await producer.send(anOrder('o-1'));
    await producer.tombstone('o-1', { correlationId: 'c-1' });
    const [order, tombstone] = runtime.cluster.records(topic);
    if (order === undefined || tombstone === undefined) throw new Error('not sent');
    expect([tombstone.value, tombstone.partition]).toEqual([null, order.partition]);
    expect(Buffer.from(tombstone.key ?? [])).toEqual(Buffer.from(order.key ?? []));
    expect([text(tombstone, 'ce_type'), text(tombstone, 'ce_subject'), text(tombstone, 'ce_correlationid')]).toEqual([
      'orders.order-placed',
      'o-1',
      'c-1',
    ]);
    // One sequence for both.
    expect([text(order, 'tenet-producer-sequence'), text(tombstone, 'tenet-producer-sequence')]).toEqual(['1', '2']);
    await runtime.stop();
  });

  test.each([
    [{ key: { fields: ['/orderId'] } }, 'o-1', 'o-1'],
    [{ key: { fields: ['/revision'] } }, 7, '7'],
    [{ key: { fields: ['/orderId', '/revision'] } }, ['o-1', 7], '["o-1",7]'],
    [{ key: { fields: ['/orderId'], buckets: 4 } }, ['o-1', 3], '["o-1",3]'],
  ])('writes the key of %j as its events do', async (key, given, written) => {
    expect(await sentKey(key, given)).toBe(written);
  });

  test.each([
    [{ key: { fields: ['/orderId'] } }, undefined],
    [{ key: { fields: ['/orderId'] } }, ['o-1']],
    [{ key: { fields: ['/orderId', '/revision'] } }, ['o-1']],
    [{ key: { fields: ['/orderId', '/revision'] } }, ['o-1', null]],
    [{ key: { fields: ['/orderId'], buckets: 4 } }, ['o-1', 4]],
  ])('refuses what is not a whole key of %j: %j', async (key, given) => {
    await expect(sentKey(key, given)).rejects.toMatchObject({
      code: 'missing-key',
      message: 'orders.order-placed: a tombstone needs the key of what it ends, every part of it; not sent',
    });
  });

  test('of a contract that takes none is refused', async () => {
    await expect(sentKey({ tombstones: 'refuse' }, 'o-1')).rejects.toMatchObject({ code: 'tombstone-refused' });
  });
});

describe('a consumer', () => {
  test('sees null in its place in the order of its key', async () => {
    const runtime = memoryRuntime({ service: 'checkout-api' });
    const seen: unknown[] = [];
    runtime.consume(consuming(), (order, { key }) => {
      seen.push([key, order === null ? null : order.revision]);
    });
    const producer = runtime.producer(placed());
    await runtime.start();
    await producer.send(anOrder('o-1', 1));
    await producer.tombstone('o-1');
    await producer.send(anOrder('o-1', 2));
    await runtime.settled();
    expect(seen).toEqual([
      ['o-1', 1],
      ['o-1', null],
      ['o-1', 2],
    ]);
    await runtime.stop();
  });

  test('retries it, and buries it as it was', async () => {
    const runtime = memoryRuntime();
    let attempts = 0;
    runtime.consume(consuming(), () => {
      attempts += 1;
      throw new Error('no');
    });
    await runtime.start();
    runtime.cluster.publish(raw('o-1', null));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect([attempts, letter?.value, letter && text(letter, 'tenet-dlq-disposition')]).toEqual([
      3,
      null,
      'MAX_ATTEMPTS',
    ]);
    await runtime.stop();
  });

  test('buries one without a key: it says nothing about anything', async () => {
    const runtime = memoryRuntime();
    runtime.consume(consuming(), () => undefined);
    await runtime.start();
    runtime.cluster.publish(raw(null, null));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect(letter && text(letter, 'tenet-dlq-disposition')).toBe('MISSING_KEY');
    await runtime.stop();
  });

  test('effectively-once: a delivery that is repeated has no second effect, the next tombstone has its own', async () => {
    const store = memoryStore();
    const runtime = memoryRuntime({ store: store.inbox(), timing: { commitEveryMs: 60_000 } });
    const handle =
      (count: string[]) =>
      (_order: unknown, { tx }: { tx: { write(place: string, value: unknown): void } }) => {
        count.push('handled');
        tx.write('ended', true);
      };
    const first: string[] = [];
    runtime.consume(effectivelyOnce({ event }), handle(first));
    await runtime.start();
    runtime.cluster.publish(raw('o-1', null));
    runtime.cluster.publish(raw('o-1', null));
    await runtime.settled();
    runtime.cutOff();
    const again: string[] = [];
    const next = memoryRuntime({ cluster: runtime.cluster, store: store.inbox() });
    next.consume(effectivelyOnce({ event }), handle(again));
    await next.start();
    await next.settled();
    expect([first.length, again.length, store.writes('ended')]).toEqual([2, 0, 2]);
    await next.stop();
  });

  test('effectively-once: one that was marked dead before a restart is buried then, and handled no more', async () => {
    const store = memoryStore();
    const runtime = memoryRuntime({ store: store.inbox() });
    let attempts = 0;
    runtime.consume(effectivelyOnce({ event }), () => {
      attempts += 1;
      throw new Error('no');
    });
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1_000_000 });
    runtime.cluster.publish(raw('o-1', null));
    await until(() => attempts === 3);
    await pause(50);
    runtime.cutOff();
    runtime.cluster.heal();
    const next = memoryRuntime({ cluster: runtime.cluster, store: store.inbox() });
    next.consume(effectivelyOnce({ event }), () => {
      attempts += 1;
    });
    await next.start();
    await next.settled();
    const [letter] = next.cluster.records(letters);
    expect([attempts, letter?.value, letter && text(letter, 'tenet-dlq-disposition')]).toEqual([3, null, 'RECOVERED']);
    await next.stop();
  });

  test('a batch holds it as null beside the events, and a repeated one is known by its place', async () => {
    const store = memoryStore();
    const one = orders({ tombstones: 'allow', topic: { ...orders().topic, partitions: 1 } });
    const seen: string[] = [];
    const run = async (cluster?: MemoryCluster) => {
      const cut = cluster === undefined ? { timing: { commitEveryMs: 60_000 } } : { cluster };
      const runtime = memoryRuntime({ store: store.inbox(), ...cut });
      runtime.consume(batchesOnce({ event: one, batch: { size: 3, withinMs: 20 } }), (all: readonly unknown[]) => {
        seen.push(all.map((order) => (order === null ? 'ended' : 'order')).join(' '));
      });
      runtime.cluster.createTopic(topic, 1);
      await runtime.start();
      return runtime;
    };
    const runtime = await run();
    for (const value of [JSON.stringify(anOrder('o-1')), null, null]) runtime.cluster.publish(raw('o-1', value));
    await runtime.settled();
    runtime.cutOff();
    const next = await run(runtime.cluster);
    await next.settled();
    expect(seen).toEqual(['order ended ended']);
    await next.stop();
  });
});
