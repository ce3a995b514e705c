// `scale`: like `block`, and a gauge from which an autoscaler takes the number of members.
import type { ConsumerContract } from '@tenet/runtime';
import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { sleep } from '../../../runtime/src/clock.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, orders } from './orders.ts';
import { raw } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });

async function run(more: Pick<ConsumerContract, 'lag'>, perSecond: number, seconds: number) {
  const clock = manualClock();
  const cluster = memoryCluster({ clock });
  const telemetry = memoryTelemetry();
  const runtime = memoryRuntime({ cluster, clock, telemetry });
  const backpressure = { policy: 'scale', maxInFlight: 20, maxWaiting: 40 } as const;
  let handled = 0;
  runtime.consume(atLeastOnce({ event, backpressure, concurrency: 2, ...more }), async () => {
    await sleep(clock, 500);
    handled += 1;
  });
  const started = runtime.start();
  await clock.pass(100);
  await started;
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < perSecond; i++) cluster.publish(raw(`o-${second}-${i}`, JSON.stringify(anOrder('o'))));
    await clock.pass(1000);
  }
  const end = async () => {
    const stopped = runtime.stop();
    await clock.pass(2000);
    await stopped;
  };
  return { clock, telemetry, handled: () => handled, end, published: perSecond * seconds };
}

test('as many handlers are wanted as arrivals keep busy, when nothing lies behind', async () => {
  const { telemetry, end } = await run({}, 2, 31);
  // Two a second, half a second each; a record or two are always on their way.
  expect(telemetry.value('wantedHandlers')).toBeGreaterThanOrEqual(1);
  expect(telemetry.value('wantedHandlers')).toBeLessThan(1.05);
  await end();
  expect(telemetry.value('wantedHandlers')).toBe(0);
});

test('a lag asks for more, the more the shorter the time in which it should be gone; paused partitions count', async () => {
  const wanted: number[] = [];
  for (const lag of [{}, { lag: { maxAgeMs: 10_000 } }]) {
    // Two handlers do four a second: of ten, six are left behind, and beyond 60 the partition is paused.
    const { telemetry, end, handled, published } = await run(lag, 10, 31);
    const behind = published - handled();
    expect(behind).toBeGreaterThan(180);
    expect(telemetry.value('pausedPartitions')).toBe(1);
    wanted.push(telemetry.value('wantedHandlers'));
    await end();
  }
  const [slow = 0, fast = 0] = wanted;
  // 10 × 0.5 s for what arrives; about 180 behind: 180 / 60 × 0.5 and 180 / 10 × 0.5 for the lag.
  expect(slow).toBeGreaterThan(6.3);
  expect(slow).toBeLessThan(6.8);
  expect(fast).toBeGreaterThan(13);
  expect(fast).toBeLessThan(15);
});

test('nothing is lost by it, and it comes to rest', async () => {
  const { telemetry, clock, handled, end, published } = await run({}, 10, 12);
  await clock.pass(60_000);
  expect([handled(), telemetry.value('pausedPartitions'), telemetry.value('wantedHandlers')]).toEqual([
    published,
    0,
    0,
  ]);
  await end();
});
