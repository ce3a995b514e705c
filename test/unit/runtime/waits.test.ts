import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { sleep } from '../../../runtime/src/clock.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, batches, orders } from './orders.ts';
import { raw, topic } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));
const waits = ['transitSeconds', 'keyWaitSeconds', 'dwellSeconds', 'handlerSeconds'] as const;

/** Sums in seconds and counts of each wait after these records were handled. */
async function told(
  set: (runtime: ReturnType<typeof memoryRuntime>, clock: ReturnType<typeof manualClock>) => void,
  records: readonly ReturnType<typeof raw>[],
) {
  const clock = manualClock();
  const telemetry = memoryTelemetry();
  const cluster = memoryCluster({ clock });
  cluster.createTopic(topic, 1);
  const runtime = memoryRuntime({ cluster, clock, telemetry, random: () => 0 });
  set(runtime, clock);
  for (const record of records) cluster.publish(record);
  await clock.pass(7000);
  runtime.start();
  await clock.pass(60_000);
  const stopped = runtime.stop();
  await clock.pass(10_000);
  await stopped;
  const text = telemetry.render();
  return Object.fromEntries(
    waits.map((metric) => {
      const name = `tenet_consumer_${metric.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
      const of = (what: string) => Number(new RegExp(`^${name}_${what}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
      return [metric, [Math.round(of('sum')), of('count')]];
    }),
  );
}

test('the time from the record to the end of its handler is told in parts: transit, key, limits, handler', async () => {
  const records = [placed('a', 1), placed('a', 2), placed('b', 1)];
  const parts = await told((runtime, clock) => {
    runtime.consume(atLeastOnce({ event, concurrency: 1, timeoutMs: 60_000 }), () => sleep(clock, 10_000));
  }, records);
  // a/1 at once; b/1 waits for a/1 because one runs at a time; a/2 for a/1, its key, and then for b/1.
  expect(parts).toEqual({
    transitSeconds: [21, 3],
    keyWaitSeconds: [10, 3],
    dwellSeconds: [20, 3],
    handlerSeconds: [30, 3],
  });
});

test('a retry waits for nothing again', async () => {
  const parts = await told(
    (runtime, clock) => {
      runtime.consume(atLeastOnce({ event }), async (_order, { attempt }) => {
        await sleep(clock, 5000);
        if (attempt === 1) throw new Error('not yet');
      });
    },
    [placed('a')],
  );
  expect(parts).toEqual({
    transitSeconds: [7, 1],
    keyWaitSeconds: [0, 1],
    dwellSeconds: [0, 1],
    handlerSeconds: [10, 2],
  });
});

test('of a batch each record waits until it is full or due, and the handler runs once', async () => {
  const parts = await told(
    (runtime) => {
      runtime.consume(batches({ event, batch: { size: 10, withinMs: 4000 } }), () => undefined);
    },
    [placed('a', 1), placed('a', 2), placed('b', 1)],
  );
  expect(parts).toEqual({
    transitSeconds: [21, 3],
    keyWaitSeconds: [0, 3],
    dwellSeconds: [12, 3],
    handlerSeconds: [0, 1],
  });
});
