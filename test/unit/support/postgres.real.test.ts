import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { freshDatabase } from '../../support/postgres.ts';

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('a fresh database is empty, keeps what is written, and is gone after drop', async () => {
  const server = inject('postgresUrl');
  const database = await freshDatabase(server);
  const name = new URL(database.url).pathname.slice(1);
  await rows(database.url, 'create table t (a int)');
  await rows(database.url, 'insert into t values (1), (2)');
  expect(await rows(database.url, 'select sum(a)::int as sum from t')).toEqual([{ sum: 3 }]);
  await database.drop();
  expect(await rows(server, `select 1 from pg_database where datname = '${name}'`)).toEqual([]);
});
