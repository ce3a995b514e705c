/** The story over a broker in memory: nothing but npm packages is needed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderPlaced } from '@tenet/events/orders';
import { contract } from '@tenet/runtime';
import { memoryCluster } from '@tenet/runtime/memory';
import { postgres } from '@tenet/runtime/postgres';
import { memoryRuntime } from '@tenet/runtime/testing';
import pg from 'pg';
import { analyse, pick } from './services.ts';
import type { Stage, StageOptions } from './stage.ts';

export async function inProcess({ database, folder }: StageOptions): Promise<Stage> {
  const cluster = memoryCluster();
  const pools: pg.Pool[] = [];
  const openPool = () => {
    const pool = new pg.Pool({ connectionString: database, max: 24 });
    // A connection that is torn on purpose reports it; the handler that used it is told by its query.
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const startService = () => memoryRuntime({ service: 'picking', cluster, store: postgres({ pool: openPool() }) });

  const checkout = memoryRuntime({ service: 'checkout-api', cluster });
  const producer = checkout.producer(orderPlaced);
  const insights = memoryRuntime({ service: 'insights', cluster });
  analyse(insights, openPool());
  await Promise.all([checkout.start(), insights.start()]);

  let picking: ReturnType<typeof startService> | undefined;
  const topic = orderPlaced[contract].topic.name;
  return {
    broker: 'in memory',
    cut: 'cut off',
    producer,
    async publishRaw(key, value) {
      cluster.publish({ topic, key: Buffer.from(key), value: Buffer.from(value), headers: [] });
    },
    async startPicking() {
      let failures = 0;
      const member = startService();
      pick(member, () => {
        failures += 1;
      });
      await member.start();
      picking = member;
      return { failures: () => failures, cutOff: async () => member.cutOff() };
    },
    settled: async () => {
      await Promise.all([picking?.settled(30_000), insights.settled(30_000)]);
    },
    async stop() {
      await Promise.all([picking?.stop(), insights.stop(), checkout.stop()]);
      const { fulfillment, analytics } = orderPlaced;
      const letters = [fulfillment, analytics].map((consumer) => consumer[contract].deadLetter?.topic ?? '');
      const lines = [topic, ...letters].flatMap((name) =>
        cluster.records(name).map((record) =>
          JSON.stringify({
            topic: record.topic,
            partition: record.partition,
            offset: Number(record.offset),
            key: base64(record.key),
            value: base64(record.value),
            headers: record.headers.map(([header, value]) => [header, base64(value)]),
          }),
        ),
      );
      const file = join(folder, 'topics.jsonl');
      writeFileSync(file, `${lines.join('\n')}\n`);
      return { file };
    },
    async close() {
      await Promise.allSettled(pools.map((pool) => pool.end()));
    },
  };
}

const base64 = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('base64'));
