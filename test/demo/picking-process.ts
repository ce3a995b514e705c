/** The picking service in a process of its own, so that it can be killed. Tells its parent when it runs and fails. */

import { createRuntime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { postgres } from '@tenet/runtime/postgres';
import pg from 'pg';
import { silent, timing } from './on-kafka-settings.ts';
import { pick } from './services.ts';

export type Said = 'started' | 'failed' | 'stopped';

const { brokers, database } = JSON.parse(process.argv[2] ?? '{}') as { brokers: string[]; database: string };
const say = (word: Said) => process.send?.(word);

const pool = new pg.Pool({ connectionString: database, max: 24 });
const runtime = createRuntime({
  service: 'picking',
  environment: 'local',
  broker: kafka({ brokers }),
  store: postgres({ pool }),
  log: silent,
  timing,
});
pick(runtime, () => say('failed'));
await runtime.start();
say('started');

process.once('message', async () => {
  await runtime.stop();
  await pool.end();
  say('stopped');
  process.disconnect();
});
// The parent is gone: nobody would end this process any more.
process.once('disconnect', () => process.exit());
