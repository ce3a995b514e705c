/** Where a group begins: `startFrom` counts only while it has never committed. */
import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { anOrder, atLeastOnce } from './orders.ts';
import { committedTotal, raw, topic, until } from './support.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');

function withDay() {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 3);
  for (const hour of [-2, -1, 0, 1, 2]) {
    for (const partition of [0, 1]) {
      const id = `${partition}${hour < 0 ? '' : '+'}${hour}h`;
      const timestamp = noon + hour * 3_600_000;
      cluster.publish(raw(id, JSON.stringify(anOrder(id)), { partition, timestamp }));
    }
  }
  return cluster;
}

async function handledFrom(cluster: ReturnType<typeof withDay>, startFrom: string): Promise<readonly string[]> {
  const runtime = memoryRuntime({ cluster });
  const seen: string[] = [];
  runtime.consume(atLeastOnce({ startFrom }), (order) => {
    seen.push(order.orderId);
  });
  await runtime.start();
  await runtime.settled();
  await runtime.stop();
  return seen.sort();
}

test.each([
  ['2026-11-20T12:00:00Z', ['0+0h', '0+1h', '0+2h', '1+0h', '1+1h', '1+2h']],
  ['2026-11-20T12:00:00.001Z', ['0+1h', '0+2h', '1+1h', '1+2h']],
  ['2026-11-20T13:30Z', ['0+2h', '1+2h']],
  ['2030-01-01T00:00:00Z', []],
  ['2020-01-01T00:00:00Z', ['0+0h', '0+1h', '0+2h', '0-1h', '0-2h', '1+0h', '1+1h', '1+2h', '1-1h', '1-2h']],
])('a group that never committed begins with the first record of %s', async (startFrom, seen) => {
  expect(await handledFrom(withDay(), startFrom)).toEqual(seen);
});

test('a group that has committed goes on where it was, whatever the time says', async () => {
  const cluster = withDay();
  const first = memoryRuntime({ cluster });
  first.consume(atLeastOnce(), () => undefined);
  await first.start();
  await first.settled();
  await first.stop();
  expect(committedTotal(cluster)).toBe(10n);
  cluster.publish(raw('later', JSON.stringify(anOrder('later')), { timestamp: noon - 86_400_000 }));
  expect(await handledFrom(cluster, '2026-11-20T13:30:00Z')).toEqual(['later']);
});

test('where it begins is committed at once: a restart does not look for the time again', async () => {
  const cluster = withDay();
  const runtime = memoryRuntime({ cluster });
  runtime.consume(atLeastOnce({ startFrom: '2030-01-01T00:00:00Z' }), () => undefined);
  await runtime.start();
  await until(() => committedTotal(cluster) === 10n);
  runtime.cutOff();
  cluster.publish(raw('later', JSON.stringify(anOrder('later')), { timestamp: noon }));
  expect(await handledFrom(cluster, '2030-01-01T00:00:00Z')).toEqual(['later']);
});
