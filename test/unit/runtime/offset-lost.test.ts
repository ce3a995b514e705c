// What retention takes before it was read: where reading goes on, what is counted and said, and what is not lost by it.
import type { ConsumerContract } from '@tenet/runtime';
import { memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { gapsBetween } from '../../../runtime/src/consumer/offset-gap.ts';
import { lossAccount } from '../../../runtime/src/loss/loss-account.ts';
import { parseLossRecord } from '../../../runtime/src/loss/loss-record.ts';
import { printRanges } from '../../../runtime/src/loss/offset-ranges.ts';
import { anOrder, atLeastOnce, orders } from './orders.ts';
import { collecting, gate, group, pause, raw, topic, until } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const block: ConsumerContract['backpressure'] = { policy: 'block', maxInFlight: 500, maxWaiting: 5000 };
const lossy: ConsumerContract['backpressure'] = { ...block, policy: 'drop-newest', approvedBy: 'analytics' };

function rig(onOffsetLost: ConsumerContract['onOffsetLost'], backpressure = block) {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 1);
  const telemetry = memoryTelemetry();
  const log = collecting();
  const runtime = memoryRuntime({ cluster, telemetry, log });
  const offsets: bigint[] = [];
  const held = gate();
  runtime.consume(atLeastOnce({ onOffsetLost, event, backpressure, concurrency: 1 }), async (_order, { offset }) => {
    if (offset === 1n) await held.opened;
    offsets.push(offset);
  });
  const publish = (count: number) => {
    for (let i = 0; i < count; i++) cluster.publish(raw(`o-${i}`, JSON.stringify(anOrder(`o-${i}`))));
  };
  const committed = () => cluster.committed(group, topic, 0).offset;
  const expired = (cause: string) => telemetry.value('recordsExpired', { cause });
  const lost = () => {
    const records = cluster.records(`${group}.loss`).flatMap(({ value }) => parseLossRecord(value) ?? []);
    const account = lossAccount(records, committed() ?? 0n);
    return Object.fromEntries([...account].map(([cause, ranges]) => [cause, printRanges(ranges)]));
  };
  return { cluster, telemetry, log, runtime, offsets, held, publish, committed, expired, lost };
}

const messages = (log: ReturnType<typeof collecting>) =>
  log.incidents.map(({ code, message }) => `${code}: ${message}`);

describe('at the take-over', () => {
  test('earliest: what retention took is counted, said, and passed', async () => {
    const { cluster, runtime, publish, offsets, committed, expired, log } = rig('earliest');
    publish(10);
    cluster.commit(group, { topic, partition: 0, offset: 2n, metadata: 'tenet/1' });
    cluster.deleteBefore(topic, 0, 5n);
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect([offsets, committed(), expired('retention'), expired('on-offset-lost')]).toEqual([
      [5n, 6n, 7n, 8n, 9n],
      10n,
      3,
      0,
    ]);
    expect(messages(log)).toEqual([
      'offset-lost: 3 records from offset 2 on were taken by retention before they were read; reading goes on at offset 5',
    ]);
  });

  test('latest: what is skipped is counted beside what retention took', async () => {
    const { cluster, runtime, publish, offsets, committed, expired, log } = rig('latest');
    publish(10);
    cluster.commit(group, { topic, partition: 0, offset: 2n, metadata: 'tenet/1' });
    cluster.deleteBefore(topic, 0, 5n);
    await runtime.start();
    await runtime.settled();
    expect([offsets, expired('retention'), expired('on-offset-lost')]).toEqual([[], 3, 5]);
    publish(1);
    await runtime.settled();
    await runtime.stop();
    expect([offsets, committed()]).toEqual([[10n], 11n]);
    expect(messages(log)).toEqual([
      'offset-lost: 3 records from offset 2 on were taken by retention before they were read; reading goes on at offset 5',
      'offset-lost: 5 records from offset 5 on were skipped; reading goes on at offset 10',
    ]);
  });

  test('a consumer with a loss ledger passes it when the ledger has it', async () => {
    const { cluster, runtime, publish, offsets, committed, lost, telemetry } = rig('latest', lossy);
    publish(10);
    cluster.createTopic(`${group}.loss`, 1);
    cluster.commit(group, { topic, partition: 0, offset: 2n, metadata: 'tenet/1' });
    cluster.deleteBefore(topic, 0, 5n);
    cluster.fail({ operation: 'produce', topic: `${group}.loss`, reason: 'unreachable' });
    await runtime.start();
    await runtime.settled();
    await until(() => committed() === 10n);
    expect([offsets, lost()]).toEqual([[], { retention: '2-4', 'on-offset-lost': '5-9' }]);
    expect([telemetry.value('recordsExpired'), telemetry.value('recordsDropped')]).toEqual([8, 0]);
    await runtime.stop();
  });

  test('a group that never committed has lost nothing', async () => {
    const { cluster, runtime, publish, offsets, expired, log } = rig('earliest');
    publish(10);
    cluster.deleteBefore(topic, 0, 8n);
    await runtime.start();
    await runtime.settled();
    await runtime.stop();
    expect([offsets, expired('retention'), log.incidents]).toEqual([[8n, 9n], 0, []]);
  });

  test('an offset beyond the end of the log: reading goes on where the setting says, and nothing can be counted', async () => {
    for (const [setting, read] of [
      ['earliest', [0n, 1n, 2n]],
      ['latest', []],
    ] as const) {
      const { cluster, runtime, publish, offsets, committed, expired, held } = rig(setting);
      held.open();
      publish(3);
      cluster.commit(group, { topic, partition: 0, offset: 50n, metadata: 'tenet/1' });
      await runtime.start();
      await runtime.settled();
      await runtime.stop();
      expect([offsets, committed(), expired('retention')]).toEqual([read, 3n, 0]);
    }
  });
});

describe('while the partition is ours', () => {
  // Offset 1 is in its handler; 2 and 3 wait in memory, read before retention came.
  const overtaken = async (setting: 'earliest' | 'latest' | 'fail', backpressure = block) => {
    const all = rig(setting, backpressure);
    all.publish(4);
    await all.runtime.start();
    await until(() => all.offsets.length === 1 && all.telemetry.value('recordsReceived') === 4);
    await until(() => all.committed() === 1n);
    return all;
  };
  const jump = async (all: Awaited<ReturnType<typeof overtaken>>) => {
    // In one go: nobody has fetched 4 to 8 when they are gone.
    all.publish(6);
    all.cluster.deleteBefore(topic, 0, 9n);
    await until(() => all.log.incidents.some(({ code }) => code === 'offset-lost'));
    await pause(20);
  };

  test('what is in memory is still handled: the frontier, not the committed offset, tells what is lost', async () => {
    const all = await overtaken('earliest');
    await jump(all);
    expect([all.offsets, all.committed()]).toEqual([[0n], 1n]);
    all.held.open();
    await all.runtime.settled();
    await all.runtime.stop();
    expect([all.offsets, all.committed(), all.expired('retention')]).toEqual([[0n, 1n, 2n, 3n, 9n], 10n, 5]);
    expect(messages(all.log)).toEqual([
      'offset-lost: 5 records from offset 4 on were taken by retention before they were read; reading goes on at offset 9',
    ]);
  });

  test('latest skips what the log still holds, too', async () => {
    const all = await overtaken('latest');
    await jump(all);
    all.held.open();
    all.publish(1);
    await all.runtime.settled();
    await all.runtime.stop();
    expect([all.offsets, all.committed()]).toEqual([[0n, 1n, 2n, 3n, 10n], 11n]);
    expect([all.expired('retention'), all.expired('on-offset-lost')]).toEqual([5, 1]);
  });

  test('with a loss ledger the account has it', async () => {
    const all = await overtaken('earliest', lossy);
    await jump(all);
    expect(all.lost()).toEqual({});
    all.held.open();
    await all.runtime.settled();
    await all.runtime.stop();
    expect([all.offsets, all.lost()]).toEqual([[0n, 1n, 2n, 3n, 9n], { retention: '4-8' }]);
  });

  test('fail: the partition stands still', async () => {
    const all = await overtaken('fail');
    await jump(all);
    all.held.open();
    await until(() => all.offsets.length === 4);
    await pause(20);
    expect([all.offsets, all.expired('retention')]).toEqual([[0n, 1n, 2n, 3n], 0]);
    expect(all.runtime.readiness().reasons).toEqual(['orders.order-placed fulfillment: partitions 0 stand still']);
    await all.runtime.stop();
  });
});

test('the gaps between a frontier and where reading goes on', () => {
  const log = { start: 5n, end: 10n };
  expect(gapsBetween(2n, log, 5n)).toEqual([{ from: 2n, to: 4n, cause: 'retention' }]);
  expect(gapsBetween(2n, log, 10n)).toEqual([
    { from: 2n, to: 4n, cause: 'retention' },
    { from: 5n, to: 9n, cause: 'on-offset-lost' },
  ]);
  expect(gapsBetween(7n, log, 10n)).toEqual([{ from: 7n, to: 9n, cause: 'on-offset-lost' }]);
  expect(gapsBetween(7n, log, 7n)).toEqual([]);
  expect(gapsBetween(12n, log, 5n)).toEqual([]);
  expect(gapsBetween(12n, log, 10n)).toEqual([]);
});
