import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { metrics } from '../../../runtime/src/metric-names.ts';
import { anOrder, atLeastOnce, orderPlaced } from './orders.ts';
import { gate, pause, raw, until } from './support.ts';

test('renders the Prometheus text format, hostile labels included', () => {
  const telemetry = memoryTelemetry();
  const labels = { contract: 'a"b\\c\nd', consumer: '</script>', topic: 't' };
  telemetry.counter('attempts', labels).add(2);
  telemetry.counter('attempts', labels).add(1);
  telemetry.histogram('handlerSeconds', labels).record(0.002);
  telemetry.histogram('handlerSeconds', labels).record(99);
  const series = '{contract="a\\"b\\\\c\\nd",consumer="</script>",topic="t"';
  const lines = telemetry.render().split('\n');
  expect(lines).toContain('# TYPE tenet_consumer_attempts_total counter');
  expect(lines).toContain(`tenet_consumer_attempts_total${series}} 3`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_bucket${series},le="0.001"} 0`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_bucket${series},le="0.0025"} 1`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_bucket${series},le="30"} 1`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_bucket${series},le="+Inf"} 2`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_sum${series}} 99.002`);
  expect(lines).toContain(`tenet_consumer_handler_seconds_count${series}} 2`);
  expect(telemetry.value('attempts', { topic: 't' })).toBe(3);
  expect(telemetry.value('attempts', { topic: 'other' })).toBe(0);
});

test('lag counts from the committed offset to the end, and its age goes on growing while a handler is stuck', async () => {
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ telemetry });
  const { opened, open } = gate();
  runtime.consume(atLeastOnce(), () => opened);
  await runtime.start();
  for (let i = 0; i < 5; i++) runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1', i))));
  await until(() => telemetry.value('lagRecords') === 5, 'lag', 3000);
  const age = telemetry.value('lagSeconds');
  await pause(1200);
  expect(telemetry.value('lagSeconds')).toBeGreaterThan(age + 0.9);
  expect(telemetry.value('consumerUp')).toBe(1);
  open();
  await runtime.settled();
  await until(() => telemetry.value('lagRecords') === 0 && telemetry.value('lagSeconds') === 0, 'no lag', 3000);
  await runtime.stop();
  expect(telemetry.value('consumerUp')).toBe(0);
});

test('the lag of a partition that moved away is not told any more', async () => {
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ telemetry, timing: { stopMs: 50 } });
  const { opened, open } = gate();
  runtime.consume(atLeastOnce(), () => opened);
  await runtime.start();
  runtime.cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1'))));
  await until(() => telemetry.value('lagRecords') === 1, 'lag', 3000);
  await runtime.stop();
  expect([telemetry.value('lagRecords'), telemetry.value('lagSeconds')]).toEqual([0, 0]);
  open();
});

test('the oldest dead letter has a time', async () => {
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ telemetry });
  runtime.consume(atLeastOnce(), () => {
    throw Object.assign(new Error('none left'), { name: 'OutOfStock' });
  });
  expect(telemetry.value('oldestDeadLetter')).toBe(0);
  await runtime.deliver(orderPlaced(), anOrder('o-1'));
  expect(telemetry.value('oldestDeadLetter')).toBeGreaterThan(1_700_000_000);
  expect(telemetry.value('recordsDeadLettered', { disposition: 'REJECTED' })).toBe(1);
  await runtime.stop();
});

test('every metric of the list is exported by a runtime that consumes and produces', async () => {
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ service: 'checkout-api', telemetry });
  // The one policy with a gauge of its own.
  runtime.consume(atLeastOnce({ backpressure: { policy: 'scale', maxInFlight: 1, maxWaiting: 1 } }), () => undefined);
  runtime.producer(orderPlaced());
  await runtime.start();
  await until(() => runtime.readiness().ready);
  const rendered = telemetry.render();
  const missing = Object.values(metrics).filter(({ name }) => !rendered.includes(`# TYPE ${name} `));
  expect(missing).toEqual([]);
  await runtime.stop();
});
