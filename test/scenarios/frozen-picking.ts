/** The picking service in a process of its own that can be frozen: it says when a handler is inside its transaction. */
import { createRuntime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { type PostgresTransaction, postgres } from '@tenet/runtime/postgres';
import pg from 'pg';
import { effectivelyOnce, orders } from '../unit/runtime/orders.ts';
import { pick, shortly } from './ground.ts';

const { brokers, database, topic } = JSON.parse(process.argv[2] ?? '{}') as Record<'database' | 'topic', string> & {
  brokers: string[];
};
const pool = new pg.Pool({ connectionString: database, max: 24 });
pool.on('error', () => {});
const runtime = createRuntime<'picking', PostgresTransaction>({
  service: 'picking',
  broker: kafka({ brokers }),
  store: postgres({ pool }),
  log: { info: () => undefined, incident: ({ code }) => process.send?.(code) },
  timing: shortly,
});
const event = orders({ name: topic, topic: { ...orders().topic, name: topic } });
runtime.consume(effectivelyOnce({ event }), async (order, place) => {
  await pick(order, place);
  process.send?.('inside');
  // Long enough that the freeze comes before most of the work is done, on a busy machine too.
  await new Promise((resolve) => setTimeout(resolve, 500));
  process.send?.('outside');
});
await runtime.start();
// The parent is gone: nobody would end this process any more.
process.once('disconnect', () => process.exit());
