import { type PostgresTransaction, postgres } from '@tenet/runtime/postgres';
import { migrations } from '@tenet/runtime/sql';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { inboxSuite } from './inbox.suite.ts';
import { lineSuite } from './line.suite.ts';

let database: FreshDatabase;
let observer: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  observer = new pg.Pool({ connectionString: database.url });
  for (const { sql } of migrations) await observer.query(sql);
  await observer.query('create table effect (place text not null)');
});
afterAll(async () => {
  await observer.end();
  await database.drop();
});

inboxSuite<PostgresTransaction>('PostgreSQL', async () => {
  const pools: pg.Pool[] = [];
  return {
    open() {
      const pool = new pg.Pool({ connectionString: database.url });
      pools.push(pool);
      return postgres({ pool });
    },
    async effect(tx, place) {
      await tx.query('insert into effect values ($1)', [place]);
    },
    async effects(place) {
      const { rows } = await observer.query('select count(*)::integer as count from effect where place = $1', [place]);
      return rows[0].count;
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
});

lineSuite<PostgresTransaction>('PostgreSQL', async () => {
  const pools: pg.Pool[] = [];
  return {
    open() {
      const pool = new pg.Pool({ connectionString: database.url });
      pools.push(pool);
      return postgres({ pool });
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
});
