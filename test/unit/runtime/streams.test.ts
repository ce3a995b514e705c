import { type ConsumerContract, type ConsumerDescriptor, contract, type EventContract } from '@tenet/runtime';
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import type { OutgoingRecord } from '../../../runtime/src/broker/broker.ts';
import { textHeader } from '../../../runtime/src/envelope/headers.ts';
import { anOrder, atLeastOnce, batches, consumer, effectivelyOnce, type Order, orders } from './orders.ts';
import { collecting, committedTotal, gate, letters, pause, raw, text, topic, until } from './support.ts';

const one = { ...orders().topic, partitions: 1 };
const file = (name: string) => `contracts/orders/${name}/v1.yaml`;

/** A contract of the stream `order-placed`, `order-cancelled`, `order-shipped`. */
function event(name: string, overrides: Partial<EventContract<Order>> = {}): EventContract<Order> {
  const others = ['order-placed', 'order-cancelled', 'order-shipped'].filter((other) => other !== name);
  const stream = others.map((other) => `orders.${other}`);
  const lines = { '/consumers/fulfillment': `${file(name)}:26` };
  return orders({ name: `orders.${name}`, topic: one, stream, source: file(name), written: lines, ...overrides });
}

const both = (name: string) => {
  const other = name === 'order-placed' ? 'order-cancelled' : 'order-placed';
  return { stream: [{ event: `orders.${other}`, at: `${file(other)}:26` }] };
};
const placed = (more: Partial<ConsumerContract<Order>> = {}) =>
  atLeastOnce({ event: event('order-placed'), ...both('order-placed'), ...more });
const cancelled = (more: Partial<ConsumerContract<Order>> = {}) =>
  atLeastOnce({ event: event('order-cancelled'), ...both('order-cancelled'), ...more });

function record(name: string, id: string, revision = 1, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return raw(id, JSON.stringify(anOrder(id, revision)), {
    headers: [textHeader('ce_type', `orders.${name}`)],
    ...more,
  });
}

describe('one consumer of several events', () => {
  test('is one group that gets them in one order per key, each by its own handler', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    let attempts = 0;
    runtime.consume(cancelled(), ({ orderId, revision }) => {
      seen.push(`cancelled ${orderId}/${revision}`);
    });
    runtime.consume(placed(), ({ orderId, revision }) => {
      attempts += 1;
      if (orderId === 'a' && attempts < 3) throw new Error('not yet');
      seen.push(`placed ${orderId}/${revision}`);
    });
    runtime.cluster.createTopic(topic, 1);
    for (const [name, id, revision] of [
      ['order-placed', 'a', 1],
      ['order-cancelled', 'a', 2],
      ['order-cancelled', 'b', 1],
      ['order-placed', 'a', 3],
    ] as const) {
      runtime.cluster.publish(record(name, id, revision));
    }
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['cancelled b/1', 'placed a/1', 'cancelled a/2', 'placed a/3']);
    await runtime.stop();
    expect(committedTotal(runtime.cluster, 1)).toBe(4n);
  });

  test('skips and counts what it does not declare, whatever holds its key', async () => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    const { opened, open } = gate();
    const seen: string[] = [];
    runtime.consume(placed(), async ({ orderId }) => {
      await opened;
      seen.push(orderId);
    });
    runtime.consume(cancelled(), () => undefined);
    runtime.cluster.createTopic(topic, 1);
    await runtime.start();
    runtime.cluster.publish(record('order-shipped', 'a'));
    runtime.cluster.publish(record('order-placed', 'a'));
    for (let i = 0; i < 3; i++) runtime.cluster.publish(record('order-shipped', 'a'));
    await until(() => telemetry.value('recordsSkipped') === 4);
    await until(() => committedTotal(runtime.cluster, 1) === 1n);
    expect(seen).toEqual([]);
    open();
    await runtime.settled();
    expect(seen).toEqual(['a']);
    expect(telemetry.value('recordsReceived')).toBe(5);
    expect(telemetry.value('recordsHandled')).toBe(1);
    await runtime.stop();
    expect(committedTotal(runtime.cluster, 1)).toBe(5n);
  });

  test('a consumer of one event of a stream skips the others', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    runtime.consume(atLeastOnce({ event: event('order-placed') }), ({ orderId }) => {
      seen.push(orderId);
    });
    runtime.cluster.createTopic(topic, 1);
    for (const name of ['order-placed', 'order-cancelled', 'order-shipped'])
      runtime.cluster.publish(record(name, name));
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['order-placed']);
    expect(runtime.cluster.records(letters)).toEqual([]);
    await runtime.stop();
  });

  test('a record that does not say what it is dies, since no handler can be chosen for it', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    runtime.consume(placed(), ({ revision }) => {
      seen.push(`placed ${revision} after ${runtime.cluster.records(letters).length}`);
    });
    runtime.consume(cancelled(), () => {
      throw new Error('it is none');
    });
    runtime.cluster.createTopic(topic, 1);
    runtime.cluster.publish(record('', 'a', 1, { headers: [] }));
    runtime.cluster.publish(record('order-placed', 'a', 2));
    await runtime.start();
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(text(letter, 'tenet-dlq-disposition')).toBe('CONTRACT_VIOLATION');
    expect(text(letter, 'tenet-dlq-error-message')).toBe(
      `${topic}: the record has no ce_type, and may be orders.order-cancelled or orders.order-placed`,
    );
    expect(seen).toEqual(['placed 2 after 1']);
    await runtime.stop();
  });

  test('a dead letter is that of its own event: contract, owner, deadline', async () => {
    const runtime = memoryRuntime();
    const letter = consumer().deadLetter;
    if (letter === undefined) throw new Error('no policy');
    const fail = () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    };
    const log = collecting();
    runtime.consume(placed({ deadLetter: { ...letter, owner: 'placing' } }), fail);
    runtime.consume(cancelled({ deadLetter: { ...letter, owner: 'cancelling' } }), fail);
    runtime.cluster.createTopic(topic, 1);
    for (const name of ['order-placed', 'order-cancelled']) runtime.cluster.publish(record(name, 'a'));
    await runtime.start();
    await runtime.settled();
    const said = runtime.cluster
      .records(letters)
      .map((one) => [text(one, 'tenet-dlq-contract'), text(one, 'tenet-dlq-owner')]);
    expect(said).toEqual([
      ['orders.order-placed@1.2.0', 'placing'],
      ['orders.order-cancelled@1.2.0', 'cancelling'],
    ]);
    expect(log.incidents).toEqual([]);
    await runtime.stop();
  });

  test('what is classified in any of its events is left out of the evidence', async () => {
    const runtime = memoryRuntime();
    const secret = event('order-placed', { classification: { '/orderId': 'secret' } });
    runtime.consume(cancelled({ event: event('order-cancelled', { classification: {} }) }), () => undefined);
    runtime.consume(placed({ event: secret }), ({ orderId }) => {
      throw Object.assign(new Error(`no ${orderId}`), { name: 'OutOfStock' });
    });
    runtime.cluster.createTopic(topic, 1);
    runtime.cluster.publish(record('order-placed', 'hidden'));
    await runtime.start();
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect(letter && text(letter, 'tenet-dlq-error-message')).toBe('no [secret]');
    await runtime.stop();
  });

  test('counts each event under its own contract, and the consumer under all of them', async () => {
    const telemetry = memoryTelemetry();
    const log = collecting();
    const runtime = memoryRuntime({ telemetry, log });
    runtime.consume(placed({ timeoutMs: 5 }), () => undefined);
    runtime.consume(cancelled({ timeoutMs: 5 }), () => pause(30));
    runtime.cluster.createTopic(topic, 1);
    for (const name of ['order-placed', 'order-placed', 'order-cancelled']) runtime.cluster.publish(record(name, 'a'));
    await runtime.start();
    await runtime.settled();
    const of = (name: string) => ({ contract: `orders.${name}` });
    for (const metric of ['recordsHandled', 'attempts', 'handlerSeconds'] as const) {
      expect(telemetry.value(metric, of('order-placed'))).toBe(2);
      expect(telemetry.value(metric, of('order-cancelled'))).toBe(1);
    }
    for (const name of ['order-placed', 'order-cancelled']) expect(telemetry.value('consumerUp', of(name))).toBe(1);
    expect(telemetry.value('handlerTimeouts', of('order-cancelled'))).toBe(1);
    expect(log.incidents.map((one) => [one.code, one.contract])).toEqual([
      ['handler-timeout', 'orders.order-cancelled'],
    ]);
    await runtime.stop();
  });

  test('batches hold one event each, and one key stays in order across them', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    const batch = { size: 10, withinMs: 5 };
    const more = (name: string) => ({ event: event(name), ...both(name), batch });
    runtime.consume(batches(more('order-placed')), (all) => {
      seen.push(`placed ${all.map(({ orderId, revision }) => `${orderId}/${revision}`)}`);
    });
    runtime.consume(batches(more('order-cancelled')), (all) => {
      seen.push(`cancelled ${all.map(({ orderId, revision }) => `${orderId}/${revision}`)}`);
    });
    runtime.cluster.createTopic(topic, 1);
    const all = [
      record('order-placed', 'a', 1),
      record('order-placed', 'a', 2),
      record('order-cancelled', 'a', 3),
      record('order-placed', 'b', 1),
      record('order-placed', 'a', 4),
    ];
    for (const each of all) runtime.cluster.publish(each);
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['placed a/1,a/2,b/1', 'cancelled a/3', 'placed a/4']);
    await runtime.stop();
  });

  test('of records of one key that do not say what they are, each dies behind the other', async () => {
    const runtime = memoryRuntime({ random: () => 0 });
    const seen: string[] = [];
    const batch = { size: 10, withinMs: 5 };
    for (const name of ['order-placed', 'order-cancelled']) {
      runtime.consume(batches({ event: event(name), ...both(name), batch }), (all) => {
        seen.push(`${all.map(({ revision }) => revision)} after ${runtime.cluster.records(letters).length}`);
      });
    }
    runtime.cluster.createTopic(topic, 1);
    for (let i = 0; i < 3; i++) runtime.cluster.publish(record('', 'a', i, { headers: [] }));
    runtime.cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1 });
    runtime.cluster.publish(record('order-placed', 'a', 3));
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['3 after 3']);
    const dead = runtime.cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-original-offset'));
    expect(dead).toEqual(['0', '1', '2']);
    await runtime.stop();
  });

  test('producers of several events keep one order per key', async () => {
    const cluster = memoryCluster();
    const runtime = memoryRuntime({ cluster, service: 'checkout-api' });
    const [first, second] = ['order-placed', 'order-cancelled'].map((name) =>
      runtime.producer({ [contract]: event(name) } as never),
    );
    await runtime.start();
    const sent: Promise<void>[] = [];
    for (let revision = 1; revision <= 20; revision++) {
      const producer = revision % 2 === 1 ? first : second;
      if (producer !== undefined) sent.push(producer.send(anOrder('a', revision)));
    }
    await Promise.all(sent);
    const written = cluster.records(topic).map((one) => JSON.parse(String(Buffer.from(one.value ?? []))).revision);
    expect(written).toEqual(sent.map((_, i) => i + 1));
    expect(
      cluster
        .records(topic)
        .map((one) => text(one, 'ce_type'))
        .slice(0, 2),
    ).toEqual(['orders.order-placed', 'orders.order-cancelled']);
    await runtime.stop();
  });
});

describe('streams once', () => {
  const once = (name: string): ConsumerDescriptor<Order, 'effectively-once'> =>
    effectivelyOnce({ event: event(name), ...both(name) });

  test('two events with the same key are not duplicates of each other', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    runtime.consume(once('order-placed'), () => {
      seen.push('placed');
    });
    runtime.consume(once('order-cancelled'), () => {
      seen.push('cancelled');
    });
    runtime.cluster.createTopic(topic, 1);
    for (const name of ['order-placed', 'order-cancelled', 'order-placed']) runtime.cluster.publish(record(name, 'a'));
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['placed', 'cancelled']);
    await runtime.stop();
  });

  test('a record that does not say what it is takes no key of one that does', async () => {
    const runtime = memoryRuntime({ store: memoryStore().inbox() });
    const seen: string[] = [];
    for (const name of ['order-placed', 'order-cancelled']) {
      runtime.consume(once(name), () => {
        seen.push(name);
      });
    }
    runtime.cluster.createTopic(topic, 1);
    runtime.cluster.publish(record('', 'a', 1, { headers: [] }));
    for (const name of ['order-placed', 'order-cancelled']) runtime.cluster.publish(record(name, 'a', 1));
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['order-placed', 'order-cancelled']);
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });
});

describe('a topic that is no stream', () => {
  const lone = atLeastOnce({ event: orders({ topic: one }) });
  test.each([
    ['no type at all is handled', [], 1],
    ['its own type is handled', [textHeader('ce_type', 'orders.order-placed')], 1],
    ['a type that somebody else gave it is handled', [textHeader('ce_type', 'com.example.Order')], 1],
    [
      'an event of a contract that joined the topic since is skipped',
      [textHeader('ce_type', 'orders.order-held'), textHeader('ce_dataschema', 'tenet:orders.order-held/1.0.0')],
      0,
    ],
  ])('%s', async (_name, headers, handled) => {
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    runtime.consume(lone, () => undefined);
    runtime.cluster.createTopic(topic, 1);
    runtime.cluster.publish(record('', 'a', 1, { headers }));
    await runtime.start();
    await runtime.settled();
    expect([telemetry.value('recordsHandled'), telemetry.value('recordsSkipped')]).toEqual([handled, 1 - handled]);
    await runtime.stop();
  });

  test('two consumers of one process tell their events apart, whether they know of the stream or not', async () => {
    const runtime = memoryRuntime();
    const seen: string[] = [];
    runtime.consume(lone, () => {
      seen.push('placed');
    });
    const other = orders({ topic: one, name: 'orders.order-cancelled' });
    runtime.consume(atLeastOnce({ name: 'refunds', event: other }), () => {
      seen.push('cancelled');
    });
    runtime.cluster.createTopic(topic, 1);
    for (const name of ['order-placed', 'order-cancelled']) runtime.cluster.publish(record(name, 'a'));
    await runtime.start();
    await runtime.settled();
    expect(seen.sort()).toEqual(['cancelled', 'placed']);
    await runtime.stop();
  });
});

describe('what is refused at start', () => {
  async function refusal(...consumers: readonly ConsumerDescriptor<Order, 'at-least-once'>[]): Promise<string> {
    const runtime = memoryRuntime();
    for (const each of consumers) runtime.consume(each, () => undefined);
    return runtime.start().then(
      () => 'it started',
      (error: Error) => error.message,
    );
  }

  test('a stream of which one event has no handler here: it would be skipped', async () => {
    expect(await refusal(placed())).toBe(
      'test cannot start: 1 reason\n  orders.order-placed fulfillment: fulfillment is a consumer of orders.order-cancelled in the same stream, and this process has no handler for it (contracts/orders/order-cancelled/v1.yaml:26)',
    );
  });

  test('settings of one group that are not one', async () => {
    const written = { '/consumers/fulfillment/concurrency': 'contracts/orders/order-placed/v1.yaml:30' };
    const retry = consumer().retry;
    if (retry === undefined) throw new Error('no retry');
    const other = placed({
      event: event('order-placed', { written }),
      concurrency: 3,
      group: 'mine',
      retry: { ...retry, attempts: 9 },
    });
    expect(await refusal(cancelled(), other)).toBe(
      [
        'test cannot start: 3 reasons',
        '  orders.order-placed fulfillment: group is not that of orders.order-cancelled, and in one stream both are one group (contracts/orders/order-placed/v1.yaml)',
        '  orders.order-placed fulfillment: concurrency is not that of orders.order-cancelled, and in one stream both are one group (contracts/orders/order-placed/v1.yaml:30)',
        '  orders.order-placed fulfillment: retry is not that of orders.order-cancelled, and in one stream both are one group (contracts/orders/order-placed/v1.yaml)',
      ].join('\n'),
    );
  });

  test('two versions of one event in one topic', async () => {
    const again = event('order-placed', {
      stream: ['orders.order-placed'],
      written: { '/topic': `${file('order-placed')}:11` },
    });
    expect(await refusal(atLeastOnce({ event: again }))).toBe(
      `test cannot start: 1 reason\n  orders.order-placed fulfillment: another version of orders.order-placed has the topic ${topic}, and a record does not say which it is (contracts/orders/order-placed/v1.yaml:11)`,
    );
  });

  test('a second handler of one event, and a group over two topics', () => {
    const runtime = memoryRuntime();
    runtime.consume(placed(), () => undefined);
    expect(() => runtime.consume(placed(), () => undefined)).toThrow(
      'orders.order-placed fulfillment has a handler already',
    );
    const elsewhere = event('order-cancelled', { topic: { ...one, name: 'elsewhere' } });
    expect(() =>
      runtime.consume(cancelled({ event: elsewhere, group: placed()[contract].group }), () => undefined),
    ).toThrow(
      `orders.order-cancelled fulfillment: the group ${topic}.fulfillment reads ${topic}, and cannot read elsewhere as well`,
    );
  });
});

test('the start report says what is read together', async () => {
  const runtime = memoryRuntime();
  runtime.consume(placed(), () => undefined);
  runtime.consume(cancelled(), () => undefined);
  const { consumers } = await runtime.start();
  expect(consumers.map((line) => line.split(';')[0])).toEqual([
    'consumes orders.order-cancelled as fulfillment (warehouse): at-least-once, in order per key with orders.order-placed',
    'consumes orders.order-placed as fulfillment (warehouse): at-least-once, in order per key with orders.order-cancelled',
  ]);
  await runtime.stop();
});
