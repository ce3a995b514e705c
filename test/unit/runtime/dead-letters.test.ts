import { contract } from '@tenet/runtime';
import { type MemoryCluster, memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { anOrder, atLeastOnce, consumer, effectivelyOnce, orderPlaced, orders } from './orders.ts';
import { collecting, committedTotal, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

describe('poison goes straight to the dead letter', () => {
  const cases = [
    ['malformed JSON', raw('o-1', '{"orderId":'), 'DESERIALIZATION', 'the value is not JSON (11 bytes)'],
    [
      'what is not UTF-8',
      raw('o-1', new Uint8Array([0x22, 0xff, 0x22])),
      'DESERIALIZATION',
      'the value is not UTF-8 (3 bytes)',
    ],
    [
      'a contract violation',
      raw('o-1', JSON.stringify(anOrder('o-1', 1, { quantity: 0 }))),
      'CONTRACT_VIOLATION',
      '/quantity must be ≥ 1 (was 0)',
    ],
    ['a tombstone', raw('o-1', null), 'TOMBSTONE', 'a record without a value, and the contract takes none'],
    ['a missing key', raw(null, JSON.stringify(anOrder('o-1'))), 'MISSING_KEY', 'the record has no key'],
  ] as const;
  test.each(cases)('%s', async (_name, record, disposition, message) => {
    const runtime = memoryRuntime();
    let handled = 0;
    runtime.consume(atLeastOnce(), () => {
      handled += 1;
    });
    await runtime.start();
    runtime.cluster.publish(record);
    await runtime.settled();
    const [letter, ...more] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(more).toEqual([]);
    expect(handled).toBe(0);
    expect(text(letter, 'tenet-dlq-disposition')).toBe(disposition);
    expect(text(letter, 'tenet-dlq-error-message')).toContain(message);
    expect(letter.key).toEqual(record.key);
    expect(letter.value).toEqual(record.value);
    await runtime.stop();
  });

  test('effectively-once, without a field of the idempotency key', async () => {
    const runtime = memoryRuntime();
    runtime.consume(effectivelyOnce(), () => undefined);
    await runtime.start();
    runtime.cluster.publish(raw('o-1', '{"orderId":"o-1","quantity":1}'));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect(letter && text(letter, 'tenet-dlq-disposition')).toBe('MISSING_KEY');
    await runtime.stop();
  });
});

describe('hostile payloads', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const nested = raw('o-1', `{"orderId":"o-1","revision":1,"quantity":1,"email":"ann@example.org","deep":${deep}}`);

  test.each([
    ['at-least-once', atLeastOnce()],
    ['effectively-once', effectivelyOnce()],
  ])(
    '%s: a payload nested deeper than any stack is handled where its validator lets it through',
    async (_name, descriptor) => {
      const runtime = memoryRuntime();
      let handled = 0;
      runtime.consume(descriptor, () => {
        handled += 1;
      });
      await runtime.start();
      runtime.cluster.publish(nested);
      runtime.cluster.publish(nested);
      await runtime.settled();
      expect(handled).toBe(descriptor[contract].delivery === 'effectively-once' ? 1 : 2);
      await runtime.stop();
    },
  );

  test('a validator that it breaks makes it poison, and the next record goes on', async () => {
    const recursive = (value: unknown): number => (Array.isArray(value) ? 1 + Math.max(0, ...value.map(recursive)) : 0);
    const validators = {
      ...orders().validators,
      accepts: (value: unknown) => {
        recursive((value as { deep?: unknown }).deep);
        return orders().validators.accepts(value);
      },
    };
    const runtime = memoryRuntime();
    const handled: string[] = [];
    runtime.consume(atLeastOnce({ event: orders({ validators }) }), (order) => {
      handled.push(order.orderId);
    });
    await runtime.start();
    runtime.cluster.publish(nested);
    runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-2'))));
    await runtime.settled();
    expect(handled).toEqual(['o-2']);
    const [letter] = runtime.cluster.records(letters);
    expect(letter && text(letter, 'tenet-dlq-error-message')).toBe(
      'orders.order-placed: the value is nested too deeply to be validated',
    );
    await runtime.stop();
  });

  test('a classified value nested too deeply withholds the message instead of leaking it', async () => {
    const event = orders({ classification: { '/deep': 'secret' } });
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce({ event }), () => {
      throw Object.assign(new Error('quotes it'), { name: 'OutOfStock' });
    });
    await runtime.start();
    runtime.cluster.publish(nested);
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect(letter && text(letter, 'tenet-dlq-error-message')).toContain('[withheld');
    await runtime.stop();
  });

  test('a log that throws stops nothing', async () => {
    const runtime = memoryRuntime({
      log: {
        info: () => {
          throw new Error('disk full');
        },
        incident: () => {
          throw new Error('disk full');
        },
      },
    });
    runtime.consume(atLeastOnce(), () => {
      throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
    });
    runtime.cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable' });
    await runtime.start();
    runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1'))));
    await runtime.settled();
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });
});

describe('I5 evidence', () => {
  test('the record is untouched, header by header, and the evidence stands behind it', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw new TypeError('no shelf');
    });
    await runtime.start();
    const headers = [
      ['b', Buffer.from([0, 255])],
      ['a', Buffer.from('1')],
      ['b', Buffer.from('again')],
    ] as const;
    const value = Buffer.from('{ "orderId" : "o-1", "revision":1,"quantity":2 }');
    const published = runtime.cluster.publish(raw('o-1', value, { headers, timestamp: 1_700_000_000_000 }));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(letter.value).toEqual(value);
    expect(letter.headers.slice(0, 3)).toEqual(headers);
    const evidence = Object.fromEntries(
      letter.headers.slice(3).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    );
    expect(evidence).toEqual({
      'tenet-first-seen-at': '1700000000000',
      'tenet-dlq-original-topic': topic,
      'tenet-dlq-original-partition': String(published.partition),
      'tenet-dlq-original-offset': '0',
      'tenet-dlq-original-timestamp': '2023-11-14T22:13:20.000Z',
      'tenet-dlq-group': group,
      'tenet-dlq-generation': '1',
      'tenet-dlq-consumer': 'fulfillment',
      'tenet-dlq-contract': 'orders.order-placed@1.2.0',
      'tenet-dlq-owner': 'warehouse',
      'tenet-dlq-severity': 'critical',
      'tenet-dlq-investigate-by': expect.stringMatching(/^\d{4}-.*Z$/),
      'tenet-dlq-disposition': 'MAX_ATTEMPTS',
      'tenet-dlq-attempts': '3',
      'tenet-dlq-deaths': '1',
      'tenet-dlq-first-failure': expect.stringMatching(/^\d{4}-.*Z$/),
      'tenet-dlq-last-failure': expect.stringMatching(/^\d{4}-.*Z$/),
      'tenet-dlq-error-class': 'TypeError',
      'tenet-dlq-error-message': 'no shelf',
      'tenet-dlq-error-stack': expect.stringContaining('TypeError: no shelf'),
    });
    const by = Date.parse(evidence['tenet-dlq-investigate-by'] ?? '') - Date.now();
    expect(by).toBeGreaterThan(7_190_000);
    expect(by).toBeLessThanOrEqual(7_200_000);
    await runtime.stop();
  });

  test('a record that dies three times carries one set of evidence and counts its deaths', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw new Error('again');
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    const sizes: number[] = [];
    for (let death = 1; death <= 3; death++) {
      const letter = runtime.cluster.records(letters).at(-1);
      if (letter === undefined) throw new Error('no dead letter');
      expect(text(letter, 'tenet-dlq-deaths')).toBe(String(death));
      expect(letter.headers.filter(([name]) => name === 'tenet-dlq-owner')).toHaveLength(1);
      expect(letter.headers.filter(([name]) => name === 'tenet-first-seen-at')).toHaveLength(1);
      sizes.push(letter.headers.length);
      runtime.cluster.publish({ topic, key: letter.key, value: letter.value, headers: letter.headers });
      await runtime.settled();
    }
    expect(new Set(sizes).size).toBe(1);
    await runtime.stop();
  });

  test('evidence that somebody else put there is replaced, and not believed', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw new Error('no');
    });
    await runtime.start();
    const forged = (deaths: string) =>
      raw('o-1', JSON.stringify(anOrder('o-1')), {
        headers: [
          ['tenet-dlq-deaths', Buffer.from(deaths)],
          ['tenet-dlq-first-failure', Buffer.from('0000')],
          ['tenet-dlq-owner', Buffer.from('nobody')],
          ['tenet-dlq-of-their-own', Buffer.from('x')],
        ],
      });
    for (const deaths of ['1e999', '-4', '0.5', '2']) runtime.cluster.publish(forged(deaths));
    await runtime.settled();
    const buried = runtime.cluster.records(letters);
    expect(buried.map((letter) => text(letter, 'tenet-dlq-deaths'))).toEqual(['1', '1', '1', '3']);
    for (const letter of buried) {
      expect(letter.headers.filter(([name]) => name === 'tenet-dlq-owner')).toHaveLength(1);
      expect(text(letter, 'tenet-dlq-owner')).toBe('warehouse');
      expect(text(letter, 'tenet-dlq-of-their-own')).toBeUndefined();
      expect(text(letter, 'tenet-dlq-first-failure')).toMatch(/^20/);
    }
    await runtime.stop();
  });

  test('the first failure is the earliest of all deaths', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw new Error('no');
    });
    await runtime.start();
    for (const first of ['2001-02-03T04:05:06.789Z', '2999-01-01T00:00:00.000Z']) {
      const headers = [['tenet-dlq-first-failure', Buffer.from(first)]] as const;
      runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1')), { headers }));
    }
    await runtime.settled();
    const [early, late] = runtime.cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-first-failure'));
    expect(early).toBe('2001-02-03T04:05:06.789Z');
    expect(late?.slice(0, 2)).toBe('20');
    await runtime.stop();
  });

  test('a record of the largest size, whatever it consists of, fits its dead-letter topic with all evidence', async () => {
    const largest = 100_000;
    const event = orders({ topic: { ...orders().topic, maxMessageBytes: largest } });
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce({ event }), () => {
      const error = new Error('ü'.repeat(100_000));
      error.stack = '€'.repeat(100_000);
      error.name = 'N'.repeat(100_000);
      throw error;
    });
    await runtime.start();
    const value = JSON.stringify(anOrder('o-1'));
    const header = ['h', Buffer.alloc(largest / 2)] as const;
    const key = 'k'.repeat(largest - value.length - header[1].length - 1);
    const stored = runtime.cluster.publish(raw(key, value, { headers: [header] }));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    expect(letter?.key).toEqual(stored.key);
    expect(letter && text(letter, 'tenet-dlq-error-stack')).toHaveLength(2730);
    await runtime.stop();
  });

  test('an endless message and stack are cut, and no character in half', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      const error = new Error('ü'.repeat(100_000));
      error.stack = '€'.repeat(100_000);
      throw error;
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(text(letter, 'tenet-dlq-error-message')).toBe('ü'.repeat(1024));
    expect(text(letter, 'tenet-dlq-error-stack')).toBe('€'.repeat(2730));
    await runtime.stop();
  });

  test('classified values stay out of message and stack', async () => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), (order) => {
      throw Object.assign(new Error(`cannot mail ${order.email}`), { name: `Mail<${order.email}>` });
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1', 1, { email: 'ann@example.org' }));
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(text(letter, 'tenet-dlq-error-message')).toBe('cannot mail [personal]');
    expect(text(letter, 'tenet-dlq-error-class')).toBe('Mail<[personal]>');
    expect(text(letter, 'tenet-dlq-error-stack')).not.toContain('ann@example.org');
    await runtime.stop();
  });

  const unreadable = new Error('x');
  Object.defineProperty(unreadable, 'message', {
    get() {
      throw new Error('no');
    },
  });
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'a string'],
    ['a symbol', Symbol('s')],
    ['an object without a prototype', Object.create(null)],
    ['an error that cannot be read', unreadable],
  ])('a handler that throws %s still leaves a dead letter', async (_name, thrown) => {
    const runtime = memoryRuntime();
    runtime.consume(atLeastOnce(), () => {
      throw thrown;
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    expect(runtime.cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });
});

describe('a dead letter is acknowledged before the offset moves', () => {
  test('while its topic is away the key waits, the others go on, and nothing is lost', async () => {
    const log = collecting();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ log, telemetry, random: () => 0.9 });
    const handled: string[] = [];
    runtime.consume(atLeastOnce(), (order) => {
      if (order.revision === 1 && order.orderId === 'o-1')
        throw Object.assign(new Error('gone'), { name: 'OutOfStock' });
      handled.push(`${order.orderId}/${order.revision}`);
    });
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 2 });
    for (const [id, revision] of [
      ['o-1', 1],
      ['o-1', 2],
      ['o-2', 1],
    ] as const) {
      runtime.cluster.publish(raw(id, JSON.stringify(anOrder(id, revision))));
    }
    await until(() => telemetry.value('deadLetterFailures') >= 1);
    await pause(30);
    expect(handled).toEqual(['o-2/1']);
    const first = runtime.cluster
      .records(topic)
      .find(({ key }) => key !== null && Buffer.from(key).toString() === 'o-1');
    if (first === undefined) throw new Error('not published');
    expect(runtime.cluster.committed(group, topic, first.partition).offset).toBe(0n);
    await runtime.settled();
    expect(handled).toEqual(['o-2/1', 'o-1/2']);
    expect(runtime.cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual([
      'REJECTED',
    ]);
    expect(log.incidents.map(({ code }) => code)).toEqual(['dead-letter-unavailable']);
    // What is dead is not handled again while its evidence waits.
    expect(telemetry.value('attempts')).toBe(3);
    await runtime.stop();
    expect(committedTotal(runtime.cluster)).toBe(3n);
  });

  test('a topic that does not answer keeps no handler from running, however many records die', async () => {
    const cluster = memoryCluster();
    const { opened, open } = gate();
    const hanging: MemoryCluster = {
      ...cluster,
      broker: () => {
        const broker = cluster.broker();
        return {
          ...broker,
          producer: (options) => {
            const inner = broker.producer(options);
            return { ...inner, send: (...call) => opened.then(() => inner.send(...call)) };
          },
        };
      },
    };
    const runtime = memoryRuntime({ cluster: hanging });
    let handled = 0;
    runtime.consume(atLeastOnce({ concurrency: 2 }), () => {
      handled += 1;
    });
    await runtime.start();
    for (let i = 0; i < 10; i++) cluster.publish(raw(`dead-${i}`, '{'));
    for (let i = 0; i < 20; i++) cluster.publish(raw(`o-${i}`, JSON.stringify(anOrder(`o-${i}`))));
    await until(() => handled === 20);
    expect(cluster.records(letters)).toEqual([]);
    open();
    await runtime.settled();
    expect(cluster.records(letters)).toHaveLength(10);
    await runtime.stop();
  });

  test('evidence that is too large goes without its stack', async () => {
    const runtime = memoryRuntime();
    const policy = consumer().deadLetter;
    if (policy === undefined) throw new Error('no policy');
    runtime.cluster.createTopic(topic, 3, { 'max.message.bytes': '2000' });
    runtime.cluster.createTopic(letters, 3, { 'message.timestamp.type': 'LogAppendTime' });
    const event = { ...consumer().event, topic: { ...consumer().event.topic, maxMessageBytes: 2000 } };
    runtime.consume(atLeastOnce({ event }), () => {
      throw new Error('no');
    });
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', topic: letters, reason: 'too-large' });
    runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1'))));
    await runtime.settled();
    const [letter] = runtime.cluster.records(letters);
    if (letter === undefined) throw new Error('no dead letter');
    expect(text(letter, 'tenet-dlq-error-stack')).toBeUndefined();
    expect(text(letter, 'tenet-dlq-error-message')).toBe('no');
    await runtime.stop();
  });
});
