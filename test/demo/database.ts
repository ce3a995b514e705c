/** The database of the story: the runtime's inbox, and the tables in which the two services keep what they did. */
import { migrations } from '@tenet/runtime/sql';
import pg from 'pg';
import { tables } from './services.ts';

export async function setUpDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const { sql } of migrations) await client.query(sql);
  await client.query(tables);
  await client.end();
}
