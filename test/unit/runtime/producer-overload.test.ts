// `onOverload`: what gives way when the broker is away, and that it is counted exactly while the process lives.
import { contract, type EventDescriptor, type ProducerPromises } from '@tenet/runtime';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { anOrder, type Order, orderPlaced, orders } from './orders.ts';
import { text, topic } from './support.ts';

async function rig(onOverload: ProducerPromises['onOverload'], bufferBytes?: number) {
  const clock = manualClock();
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ service: 'checkout-api', clock, telemetry, random: () => 0.5 });
  const promises = { owner: 'checkout', outbox: false, acks: 'all', onOverload, approvedBy: 'checkout' } as const;
  const buffer = bufferBytes === undefined ? {} : { bufferBytes };
  const producer = runtime.producer(orderPlaced({ producers: { 'checkout-api': { ...promises, ...buffer } } }));
  const report = await runtime.start();
  const told: string[] = [];
  let count = 0;
  const send = (id = 'o') => {
    count += 1;
    const name = `${count}`;
    producer.send(anOrder(id, count)).then(
      () => told.push(name),
      ({ code }) => told.push(`${name} ${code}`),
    );
  };
  const away = (times = 100_000) => runtime.cluster.fail({ operation: 'produce', topic, reason: 'unreachable', times });
  /** The count of the producer, as the records of the topic carry it. */
  const written = () =>
    runtime.cluster
      .records(topic)
      .map((record) => Number(text(record, 'tenet-producer-sequence')))
      .sort((a, b) => a - b);
  return { clock, telemetry, runtime, report, send, away, told, written };
}

describe('drop-newest', () => {
  test('a tombstone takes its number and gives way as an event does', async () => {
    const clock = manualClock();
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ service: 'checkout-api', clock, telemetry, random: () => 0.5 });
    const promises = { owner: 'checkout', outbox: false, acks: 'all', onOverload: 'drop-newest' } as const;
    const producers = { 'checkout-api': { ...promises, approvedBy: 'checkout' } };
    const ending: EventDescriptor<Order, 'checkout-api', never, Order, string> = {
      [contract]: orders({ tombstones: 'allow', producers }),
    };
    const producer = runtime.producer(ending);
    await runtime.start();
    runtime.cluster.fail({ operation: 'produce', topic, reason: 'unreachable', times: 100_000 });
    const first = producer.tombstone('a');
    await clock.pass(50);
    await producer.tombstone('b');
    runtime.cluster.heal();
    await clock.pass(10_000);
    await first;
    await producer.tombstone('c');
    const written = runtime.cluster.records(topic).map((record) => text(record, 'tenet-producer-sequence'));
    expect([written.sort(), telemetry.value('sendsDropped'), telemetry.value('recordsSent')]).toEqual([
      ['1', '3'],
      1,
      2,
    ]);
    await runtime.stop();
  });

  test('while the broker is away new events are dropped and counted; what was taken before waits, however long', async () => {
    const { clock, telemetry, runtime, send, away, told, written } = await rig('drop-newest');
    send();
    await clock.pass(0);
    away();
    send();
    await clock.pass(50);
    send();
    send();
    await clock.pass(3_600_000);
    expect([told, telemetry.value('sendsDropped')]).toEqual([['1', '3', '4'], 2]);
    runtime.cluster.heal();
    await clock.pass(10_000);
    send();
    await clock.pass(0);
    expect(told).toEqual(['1', '3', '4', '2', '5']);
    // The sequence shows what is missing to whoever reads the topic.
    expect([written(), telemetry.value('recordsSent'), telemetry.value('sendFailures')]).toEqual([[1, 2, 5], 3, 0]);
    await runtime.stop();
  });
});

describe('buffer', () => {
  test('the caller never waits; what does not fit is dropped and counted, and the rest is written in order', async () => {
    const probe = await rig('block');
    probe.send();
    await probe.clock.pass(0);
    const [record] = probe.runtime.cluster.records(topic);
    const headers = record?.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0) ?? 0;
    const size = 64 + (record?.key?.length ?? 0) + (record?.value?.length ?? 0) + headers;
    const { clock, telemetry, runtime, send, away, told, written } = await rig('buffer', 3 * size + 1);
    away();
    for (let i = 0; i < 5; i++) send();
    await clock.pass(0);
    expect([told, telemetry.value('sendsDropped')]).toEqual([['1', '2', '3', '4', '5'], 2]);
    expect(telemetry.value('bufferedBytes')).toBe(3 * size);
    await clock.pass(3_600_000);
    runtime.cluster.heal();
    await clock.pass(10_000);
    send();
    await clock.pass(0);
    expect([written(), telemetry.value('recordsSent'), telemetry.value('bufferedBytes')]).toEqual([[1, 2, 3, 6], 4, 0]);
    await Promise.all([runtime.stop(), probe.runtime.stop()]);
  });

  test('a stop waits for the buffer as long as it has time; what is left then is a failed send', async () => {
    const { clock, telemetry, runtime, send, away } = await rig('buffer', 1_000_000);
    away();
    send();
    send();
    await clock.pass(0);
    const stopped = runtime.stop();
    await clock.pass(120_000);
    await stopped;
    expect([telemetry.value('sendFailures', { code: 'send-failed' }), telemetry.value('sendsDropped')]).toEqual([2, 0]);
    expect(clock.timers).toBe(0);
  });
});

test('block: the caller waits, then gets an error', async () => {
  const { clock, telemetry, runtime, send, away, told } = await rig('block');
  away();
  send();
  await clock.pass(60_000);
  expect(told).toEqual([]);
  await clock.pass(120_000);
  expect([told, telemetry.value('sendsDropped')]).toEqual([['1 send-failed'], 0]);
  await runtime.stop();
});

test('the start report says what is lost, and who agreed to it', async () => {
  const said = async (...[onOverload, bytes]: Parameters<typeof rig>) => {
    const { report, runtime } = await rig(onOverload, bytes);
    await runtime.stop();
    return report.producers[0]?.replace(`produces orders.order-placed to ${topic}`, '');
  };
  expect(await said('block')).toBe('');
  expect(await said('drop-newest')).toBe('; drops when the broker is away (approved by checkout)');
  expect(await said('buffer', 5000)).toBe(
    '; buffers 5000 bytes, then drops when the broker is away (approved by checkout)',
  );
});

test('sent and dropped are everything, and the gaps of the sequence are the drops, whatever the broker does', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('send' as const) },
    { weight: 2, arbitrary: fc.record({ wait: fc.constantFrom(0, 50, 500, 20_000) }) },
    { weight: 1, arbitrary: fc.record({ away: fc.nat(6) }) },
  );
  const policy = fc.constantFrom<ProducerPromises['onOverload']>('drop-newest', 'buffer');
  await fc.assert(
    fc.asyncProperty(policy, fc.array(step, { maxLength: 40 }), async (onOverload, steps) => {
      const { clock, telemetry, runtime, send, away, told, written } = await rig(onOverload, 2000);
      let sends = 0;
      for (const one of steps) {
        if (one === 'send') {
          send();
          sends += 1;
        } else if ('wait' in one) await clock.pass(one.wait);
        else away(one.away);
      }
      runtime.cluster.heal();
      await clock.pass(60_000);
      const dropped = telemetry.value('sendsDropped');
      expect([told.length, telemetry.value('recordsSent') + dropped, written().length + dropped]).toEqual([
        sends,
        sends,
        sends,
      ]);
      await runtime.stop();
    }),
    { numRuns: 100 },
  );
});
