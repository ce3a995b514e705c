import { contract, createRuntime, TenetError } from '@tenet/runtime';
import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry, silentLog } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../runtime/src/clock.ts';
import { anOrder, orderPlaced, orders } from './orders.ts';
import { text, topic } from './support.ts';

function started(telemetry = memoryTelemetry()) {
  const runtime = memoryRuntime({ service: 'checkout-api', telemetry });
  const producer = runtime.producer(orderPlaced());
  return { runtime, producer, telemetry };
}

async function failure(call: Promise<unknown>): Promise<TenetError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TenetError) return error;
    throw error;
  }
  throw new Error('it resolved');
}

describe('what is sent', () => {
  test('carries the envelope of CloudEvents, the key of the contract, and the trace', async () => {
    const { runtime, producer } = started();
    await runtime.start();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await producer.send(anOrder('o-1', 3), { traceparent, correlationId: 'c-1', headers: { tenant: 'eu' } });
    const [record] = runtime.cluster.records(topic);
    if (record === undefined) throw new Error('nothing was sent');
    expect(Buffer.from(record.key ?? []).toString()).toBe('o-1');
    expect(Buffer.from(record.value ?? []).toString()).toBe('{"orderId":"o-1","revision":3,"quantity":1}');
    const headers = Object.fromEntries(record.headers.map(([name, value]) => [name, Buffer.from(value).toString()]));
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ce_type: 'orders.order-placed',
      ce_source: 'checkout-api',
      ce_dataschema: 'tenet:orders.order-placed/1.2.0',
      ce_time: expect.stringMatching(/^\d{4}-.*Z$/),
      ce_subject: 'o-1',
      ce_sequence: '3',
      ce_correlationid: 'c-1',
      'content-type': 'application/json',
      traceparent,
      tenant: 'eu',
      'tenet-enqueued-at': expect.stringMatching(/^\d{13}$/),
      'tenet-first-seen-at': expect.stringMatching(/^\d{13}$/),
      'tenet-producer-instance': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'tenet-producer-sequence': '1',
    });
    await runtime.stop();
  });

  test('an event that begins a chain is its own correlation; a broken trace is not passed on', async () => {
    const { runtime, producer } = started();
    await runtime.start();
    await producer.send(anOrder('o-1'), { traceparent: 'nonsense' });
    const [record] = runtime.cluster.records(topic);
    if (record === undefined) throw new Error('nothing was sent');
    expect(text(record, 'ce_correlationid')).toBe(text(record, 'ce_id'));
    expect(text(record, 'traceparent')).toBeUndefined();
    await runtime.stop();
  });

  test('keeps the order of calls per key, and goes out in few calls of the broker', async () => {
    const cluster = memoryCluster();
    const broker = cluster.broker();
    let calls = 0;
    const counting = {
      ...broker,
      producer: (options: { readonly clientId: string }) => {
        const producer = broker.producer(options);
        return {
          ...producer,
          send: (...call: Parameters<typeof producer.send>) => {
            calls += 1;
            return producer.send(...call);
          },
        };
      },
    };
    cluster.createTopic(topic, 3);
    const runtime = createRuntime({ service: 'checkout-api', broker: counting, log: silentLog });
    const producer = runtime.producer(orderPlaced());
    await runtime.start();
    const revisions = Array.from({ length: 1000 }, (_, i) => i);
    await Promise.all(revisions.map((revision) => producer.send(anOrder(`o-${revision % 7}`, revision))));
    expect(calls).toBeLessThan(5);
    for (let id = 0; id < 7; id++) {
      const sent = cluster
        .records(topic)
        .filter(({ key }) => key !== null && Buffer.from(key).toString() === `o-${id}`)
        .map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()).revision);
      expect(sent).toEqual(revisions.filter((revision) => revision % 7 === id));
    }
    await runtime.stop();
  });
});

describe('what is not sent', () => {
  test('an event that its contract refuses, in the contract’s language', async () => {
    const { runtime, producer, telemetry } = started();
    await runtime.start();
    const error = await failure(producer.send(anOrder('o-1', 1, { quantity: 0 })));
    expect(error.code).toBe('invalid-event');
    expect(error.message).toBe('orders.order-placed: /quantity must be ≥ 1 (was 0); not sent');
    expect(error.contract).toBe('orders.order-placed');
    expect(runtime.cluster.records(topic)).toEqual([]);
    expect(telemetry.value('recordsRefused')).toBe(1);
    await runtime.stop();
  });

  test('an event without its key', async () => {
    const event = orders({ key: { fields: ['/customer/id'] } });
    const runtime = memoryRuntime({ service: 'checkout-api' });
    const producer = runtime.producer(orderPlaced({ key: event.key ?? { fields: [] } }));
    await runtime.start();
    const error = await failure(producer.send(anOrder('o-1')));
    expect([error.code, error.message]).toEqual([
      'missing-key',
      'orders.order-placed: /customer/id is part of the key and must not be missing or null; not sent',
    ]);
    await runtime.stop();
  });

  test('an event that is larger than its topic takes, and it hurts no other', async () => {
    const { runtime, producer } = started();
    await runtime.start();
    const large = producer.send(anOrder('x'.repeat(2_000_000)));
    const small = producer.send(anOrder('o-1'));
    expect((await failure(large)).code).toBe('too-large');
    await small;
    expect(runtime.cluster.records(topic)).toHaveLength(1);
    await runtime.stop();
  });

  test('a header that belongs to the envelope', async () => {
    const { runtime, producer } = started();
    await runtime.start();
    for (const name of ['ce_id', 'CE_Type', 'tenet-first-seen-at']) {
      expect((await failure(producer.send(anOrder('o-1'), { headers: { [name]: 'x' } }))).code).toBe('invalid-event');
    }
    await runtime.stop();
  });

  test('anything before the start and after the stop', async () => {
    const { runtime, producer } = started();
    expect((await failure(producer.send(anOrder('o-1')))).code).toBe('wrong-state');
    await runtime.start();
    await runtime.stop();
    expect((await failure(producer.send(anOrder('o-1')))).code).toBe('wrong-state');
  });
});

describe('onOverload: block', () => {
  test('a send waits while the broker is away, and order holds', async () => {
    const { runtime, producer } = started();
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', reason: 'unreachable', times: 3 });
    await Promise.all([1, 2, 3].map((revision) => producer.send(anOrder('o-1', revision))));
    const sent = runtime.cluster
      .records(topic)
      .map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()).revision);
    expect(sent).toEqual([1, 2, 3]);
    await runtime.stop();
  });

  test('a broker that stays away fails the send, which may be repeated', async () => {
    const runtime = memoryRuntime({ service: 'checkout-api', timing: { sendMs: 50 } });
    const producer = runtime.producer(orderPlaced());
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', reason: 'unreachable', times: 1000 });
    const error = await failure(producer.send(anOrder('o-1')));
    expect([error.code, error.retryable]).toEqual(['send-failed', true]);
    runtime.cluster.heal();
    await producer.send(anOrder('o-1'));
    await runtime.stop();
  });
});

test('a service that is no producer of the contract does not compile, and is refused', () => {
  const runtime = memoryRuntime({ service: 'picking' });
  // @ts-expect-error picking is not a producer of orders.order-placed
  const refused = () => runtime.producer(orderPlaced());
  expect(refused).toThrow(
    'orders.order-placed: picking is not a producer of this contract; its producers are checkout-api (contracts/orders/order-placed/v1.yaml:18)',
  );
});

test.each(['constructor', '__proto__', 'toString'])('a service named %s is no producer either', (service) => {
  const runtime = memoryRuntime<string>({ service });
  const descriptor: { readonly [contract]: ReturnType<typeof orders> } = { [contract]: orders() };
  expect(() => runtime.producer(descriptor)).toThrow(/is not a producer/);
});

test('the clock is the one that was given', async () => {
  const clock: Clock = {
    now: () => 1_700_000_000_000,
    monotonic: () => performance.now(),
    timer: () => () => undefined,
  };
  const runtime = memoryRuntime({ service: 'checkout-api', clock });
  const producer = runtime.producer(orderPlaced());
  await runtime.start();
  await producer.send(anOrder('o-1'));
  const [record] = runtime.cluster.records(topic);
  expect(record && text(record, 'ce_time')).toBe('2023-11-14T22:13:20.000Z');
});
