/** The same story on a real Kafka: the picking service is a process, and it is killed by SIGKILL. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderPlaced } from '@tenet/events/orders';
import { contract, createRuntime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { desiredTopics } from '../support/desired-topics.ts';
import { silent, timing } from './on-kafka-settings.ts';
import { emittedCount, repeatedCount } from './orders.ts';
import type { Said } from './picking-process.ts';
import { analyse } from './services.ts';
import type { Stage, StageOptions } from './stage.ts';

export async function onKafka(brokers: readonly string[], { database }: StageOptions): Promise<Stage> {
  const { fulfillment, analytics } = orderPlaced;
  const topic = orderPlaced[contract].topic.name;
  const letters = [fulfillment, analytics].map((consumer) => consumer[contract].deadLetter?.topic ?? '');
  const pool = new pg.Pool({ connectionString: database, max: 24 });
  const raw = kafka({ brokers });
  await raw.connect();
  const admin = raw.admin();
  const ours = [topic, ...letters];
  const standing = (await admin.describeTopics(ours)).flatMap((found) => (found ? [found.topic] : []));
  if (standing.length > 0)
    throw new Error(`the broker has ${standing.join(', ')} already: the story wants to count its own`);
  await admin.createTopics(desiredTopics('local').filter((wanted) => ours.includes(wanted.topic)));
  const rawProducer = raw.producer({ clientId: 'hand-written' });

  const settings = { environment: 'local', log: silent, timing };
  const checkout = createRuntime({ service: 'checkout-api', broker: kafka({ brokers }), ...settings });
  const producer = checkout.producer(orderPlaced);
  const insights = createRuntime({ service: 'insights', broker: kafka({ brokers }), ...settings });
  analyse(insights, pool);
  await Promise.all([checkout.start(), insights.start()]);

  let picking: ChildProcess | undefined;
  const count = async (query: string) => Number((await pool.query<{ count: string }>(query)).rows[0]?.count);
  const inTopic = async (name: string) =>
    (await admin.offsets(name)).reduce((sum, { start, end }) => sum + Number(end - start), 0);
  return {
    broker: `Kafka at ${brokers.join(', ')}`,
    cut: 'killed by SIGKILL',
    producer,
    async publishRaw(key, value) {
      await rawProducer.send([{ topic, key: Buffer.from(key), value: Buffer.from(value), headers: [] }], 'all');
    },
    async startPicking() {
      let failures = 0;
      const child = fork(join(import.meta.dirname, 'picking-process.ts'), [JSON.stringify({ brokers, database })], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        execArgv: [],
      });
      picking = child;
      const started = Promise.withResolvers<void>();
      child.on('message', (word: Said) => {
        if (word === 'failed') failures += 1;
        if (word === 'started') started.resolve();
      });
      child.once('exit', (code) => started.reject(new Error(`the picking service ended with exit code ${code}`)));
      await started.promise;
      return {
        failures: () => failures,
        async cutOff() {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
    // Counted from outside: every record of the topic has left its trace with both consumers.
    async settled() {
      const until = performance.now() + 60_000;
      for (;;) {
        const [picks, facts, dead] = await Promise.all([
          count('select count(*) from picks'),
          count('select count(distinct (partition, record_offset)) from order_facts'),
          Promise.all(letters.map(inTopic)),
        ]);
        const [deadPicks = 0, deadFacts = 0] = dead;
        if (facts + deadFacts >= emittedCount && picks + deadPicks >= emittedCount - repeatedCount) return;
        if (performance.now() > until)
          throw new Error(`not settled: ${picks} picks, ${facts} facts, ${dead} dead letters`);
        await sleep(100);
      }
    },
    async stop() {
      const child = picking;
      if (child?.connected) {
        const gone = once(child, 'exit');
        child.send('stop');
        await gone;
      }
      await Promise.all([insights.stop(), checkout.stop()]);
      return { kafka: brokers };
    },
    async close() {
      picking?.kill('SIGKILL');
      await Promise.allSettled([raw.close(), pool.end()]);
      const groups = [fulfillment, analytics].map((consumer) => consumer[contract].group);
      await removeTraces(brokers, ours, groups);
    },
  };
}

/** Topics and groups go with the story, so that a broker of yours can be used again. */
async function removeTraces(brokers: readonly string[], topics: string[], groups: string[]): Promise<void> {
  const admin = new Kafka({ clientId: 'demo', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await Promise.allSettled([admin.deleteTopics({ topics }), admin.deleteGroups(groups)]);
  await admin.disconnect();
}
