/** One member stays, another one joins and leaves about every second, and the stream goes on. */
import { createRuntime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { type PostgresTransaction, postgres } from '@tenet/runtime/postgres';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Broker, ConsumerListener } from '../../runtime/src/broker/broker.ts';
import { eventually } from '../conformance/suite.ts';
import { effectivelyOnce, orders } from '../unit/runtime/orders.ts';
import { type Ground, ground, pick, shortly } from './ground.ts';

const [partitions, customers, churnMs] = [6, 60, 10_000];
let on: Ground;

beforeEach(async () => {
  on = await ground(inject('kafkaBrokers'), inject('postgresUrl'), { partitions });
});
afterEach(() => on.close());

/** A broker that writes down every commit that its group accepted for a partition that was not the member's. */
function watched(foreign: string[]): Broker {
  const broker = kafka({ brokers: inject('kafkaBrokers') });
  return {
    ...broker,
    consumer(options, listener) {
      let owned: readonly number[] = [];
      const watching: ConsumerListener = {
        assigned(assignment) {
          owned = assignment.partitions.map(({ partition }) => partition);
          listener.assigned(assignment);
        },
        async revoking() {
          await listener.revoking();
          owned = [];
        },
        lost() {
          owned = [];
          listener.lost();
        },
        records: (...heard) => listener.records(...heard),
        offsetLost: (...heard) => listener.offsetLost(...heard),
        failed: (...heard) => listener.failed(...heard),
        recovered: () => listener.recovered(),
      };
      const consumer = broker.consumer(options, watching);
      return {
        start: () => consumer.start(),
        seek: (...call) => consumer.seek(...call),
        pause: (...call) => consumer.pause(...call),
        resume: (...call) => consumer.resume(...call),
        committed: (...call) => consumer.committed(...call),
        confirm: () => consumer.confirm(),
        stop: () => consumer.stop(),
        async commit(offsets) {
          const stray = offsets.filter(({ partition }) => !owned.includes(partition));
          await consumer.commit(offsets);
          foreign.push(...stray.map(({ partition, offset }) => `${partition}@${offset}`));
        },
      };
    },
  };
}

test('no commit goes astray or back, order per key holds, and every effect happens once', async () => {
  const foreign: string[] = [];
  const event = orders({ name: on.topic, topic: { ...orders().topic, name: on.topic, partitions } });
  const join = async () => {
    const runtime = createRuntime<'picking', PostgresTransaction>({
      service: 'picking',
      broker: watched(foreign),
      store: postgres({ pool: on.pool }),
      log: on.log,
      timing: shortly,
    });
    runtime.consume(effectivelyOnce({ event }), async (order, place) => {
      await pick(order, place);
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await runtime.start();
    return runtime;
  };
  const stays = await join();
  const end = performance.now() + churnMs;
  let revisions = 0;
  let joined = 0;
  const backwards: string[] = [];
  const produce = async () => {
    while (performance.now() < end) {
      revisions += 1;
      await on.publish(Array.from({ length: customers }, (_, i) => on.order(`o-${i}`, revisions)));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  };
  const comeAndGo = async () => {
    while (performance.now() < end) {
      const guest = await join();
      joined += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
      await guest.stop();
    }
  };
  const watchOffsets = async () => {
    const admin = on.kafka.admin();
    await admin.connect();
    const highest = new Map<number, number>();
    while (performance.now() < end) {
      const [topic] = await admin.fetchOffsets({ groupId: on.group, topics: [on.topic] });
      for (const { partition, offset } of topic?.partitions ?? []) {
        if (Number(offset) < (highest.get(partition) ?? -1)) backwards.push(`${partition}@${offset}`);
        highest.set(partition, Math.max(Number(offset), highest.get(partition) ?? -1));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await admin.disconnect();
  };
  await Promise.all([produce(), comeAndGo(), watchOffsets()]);
  await eventually(async () => (await on.picks()).length >= revisions * customers, 'every pick', 20_000);
  await stays.stop();

  expect(joined).toBeGreaterThan(2);
  expect([foreign, backwards]).toEqual([[], []]);
  const byCustomer = Map.groupBy(await on.picks(), ({ orderId }) => orderId);
  for (let i = 0; i < customers; i += 1) {
    const own = byCustomer.get(`o-${i}`)?.map(({ revision }) => revision);
    expect(own).toEqual(Array.from({ length: revisions }, (_, r) => r + 1));
  }
}, 60_000);
