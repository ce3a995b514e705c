// The line on a real PostgreSQL under the whole consumer: kills, decisions, and sockets that die.
import { memoryCluster } from '@tenet/runtime/memory';
import { type PostgresTransaction, postgres } from '@tenet/runtime/postgres';
import { migrations } from '@tenet/runtime/sql';
import { memoryRuntime } from '@tenet/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../support/postgres.ts';
import { backpressure, deadLetter, decision, event, impatient, patient, placed } from '../line-world.ts';
import { anOrder, effectivelyOnce } from '../orders.ts';
import { group, letters, raw, topic, until } from '../support.ts';

let database: FreshDatabase;
let observer: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  observer = new pg.Pool({ connectionString: database.url });
  for (const { sql } of migrations) await observer.query(sql);
  await observer.query('create table effect (id bigserial, name text not null)');
});
beforeEach(async () => {
  await observer.query('truncate effect, tenet.inbox, tenet.line, tenet.partition_owner');
});
afterAll(async () => {
  await observer.end();
  await database.drop();
});

async function effects(): Promise<readonly string[]> {
  const { rows } = await observer.query('select name from effect order by id');
  return rows.map(({ name }) => name);
}

function world(contract: Parameters<typeof effectivelyOnce>[0]) {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 1);
  const failing = new Set<string>();
  const join = async () => {
    const pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => undefined);
    const store = postgres({ pool });
    const runtime = memoryRuntime<string, PostgresTransaction>({
      cluster,
      store,
      timing: { watchEveryMs: 20, commitEveryMs: 5 },
    });
    runtime.consume(effectivelyOnce({ event, ...contract }), async (order, { tx }) => {
      const name = `${order.orderId}/${order.revision}`;
      await tx.query('insert into effect (name) values ($1)', [name]);
      if (failing.has(name)) throw new Error(`no shelf for ${name}`);
    });
    await runtime.start();
    return { runtime, store, pool };
  };
  return { cluster, failing, join };
}

test('a dead letter holds its key over kills until it is replayed, and every effect happens once and in order', async () => {
  const { cluster, failing, join } = world({ retry: impatient, deadLetter: { ...deadLetter, after: 'wait' } });
  failing.add('a/1');
  const first = await join();
  for (const revision of [1, 2, 3]) cluster.publish(placed('a', revision));
  cluster.publish(placed('b'));
  await until(() => cluster.committed(group, topic, 0).offset === 4n);
  first.runtime.cutOff();
  for (const revision of [4, 5]) cluster.publish(placed('a', revision));
  const second = await join();
  await until(() => cluster.committed(group, topic, 0).offset === 6n);
  expect(await effects()).toEqual(['b/1']);
  expect(cluster.records(letters)).toHaveLength(1);
  const { line } = second.store;
  const [dead] = await line.list({ group, state: 'dead' });
  if (dead === undefined) throw new Error('nothing is dead');
  expect(dead.death?.message).toBe('no shelf for a/1');
  failing.clear();
  expect([await line.replay(dead), await line.replay(dead)]).toEqual([true, false]);
  for (let i = 0; i < 500 && (await effects()).length < 6; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await effects()).toEqual(['b/1', 'a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
  expect(await line.list({ group })).toEqual([]);
  await second.runtime.stop();
  await Promise.all([first.pool.end(), second.pool.end()]);
});

test('what waits behind a failing key is parked in order, byte for byte, while the others go on', async () => {
  const { cluster, failing, join } = world({ retry: patient, deadLetter, backpressure });
  failing.add('a/1');
  const { runtime, store, pool } = await join();
  const headers = [['note', Buffer.from([0, 255])]] as const;
  for (let revision = 1; revision <= 60; revision++) {
    cluster.publish(raw('a', JSON.stringify(anOrder('a', revision)), { headers }));
    cluster.publish(placed(`b-${revision}`, revision));
  }
  for (let i = 0; i < 500 && (await effects()).length < 60; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await effects()).every((name) => name.startsWith('b-'))).toBe(true);
  failing.clear();
  for (let i = 0; i < 500 && (await effects()).length < 120; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const ofA = (await effects()).filter((name) => name.startsWith('a/'));
  expect(ofA).toEqual(Array.from({ length: 60 }, (_, i) => `a/${i + 1}`));
  for (let i = 0; i < 500 && (await store.line.list({ group })).length !== 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await store.line.list({ group })).toEqual([]);
  await runtime.stop();
  await pool.end();
});

test('a discarded dead letter leaves its decision and nothing of what it said', async () => {
  const { cluster, failing, join } = world({ retry: impatient, deadLetter: { ...deadLetter, after: 'wait' } });
  failing.add('a/1');
  const { runtime, store, pool } = await join();
  for (const revision of [1, 2]) cluster.publish(placed('a', revision));
  await until(() => cluster.committed(group, topic, 0).offset === 2n);
  const place = { group, topic, partition: 0, offset: 0n };
  expect(await store.line.discard(place, decision)).toBe(true);
  for (let i = 0; i < 500 && (await effects()).length < 1; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await effects()).toEqual(['a/2']);
  const { rows } = await observer.query(
    'select state, record_key, record_value, decided_by, decided_because from tenet.line',
  );
  expect(rows).toEqual([
    { state: 'discarded', record_key: null, record_value: null, decided_by: 'ann', decided_because: decision.reason },
  ]);
  await runtime.stop();
  await pool.end();
});
