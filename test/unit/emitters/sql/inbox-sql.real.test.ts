// The migrations and the grants of the page beside them, on a real PostgreSQL: applied twice, and used by a role that
// has been granted no more than the page says.

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxSql } from '../../../../generator/src/emitters/sql/inbox-sql.emitter.ts';
import { type RunningPostgres, startPostgres } from '../../../support/postgres.ts';
import { filesOf } from '../golden.ts';
import { aSet } from '../sample-set.ts';

let server: RunningPostgres;
let admin: pg.Client;
const database = `inbox_sql_${process.pid}`;
const role = `my_service_${process.pid}`;

function urlOf(user: string | undefined): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  if (user !== undefined) [url.username, url.password] = [user, 'secret'];
  return url.href;
}

beforeAll(async () => {
  server = await startPostgres();
  const root = new pg.Client({ connectionString: server.url });
  await root.connect();
  await root.query(`create database ${database}`);
  await root.query(`create role ${role} login password 'secret'`);
  await root.end();
  admin = new pg.Client({ connectionString: urlOf(undefined) });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  const root = new pg.Client({ connectionString: server.url });
  await root.connect();
  await root.query(`drop database ${database} with (force)`);
  await root.query(`drop role ${role}`);
  await root.end();
  await server.stop();
});

describe('inbox SQL on PostgreSQL', () => {
  test('applies, applies again, and serves a role with the least privileges', async () => {
    const files = await filesOf(inboxSql, aSet([]));
    const scripts = Object.entries(files).filter(([path]) => path.endsWith('.sql'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, sql] of [...scripts, ...scripts]) await admin.query(sql);

    const grants = /```sql\n([\s\S]*?)\n```/.exec(files['sql/inbox/README.md'] ?? '')?.[1] ?? '';
    expect(grants).toContain('my_service');
    const service = new pg.Client({ connectionString: urlOf(role) });
    await service.connect();
    await expect(service.query('select version from tenet.migration')).rejects.toThrow(/permission denied/);
    await admin.query(grants.replaceAll('my_service', role));

    const takeOver = await service.query("select tenet.take_over('g', 't', 0, 'member', 1) as epoch");
    expect(Number(takeOver.rows[0].epoch)).toBe(1);
    await service.query('begin');
    await service.query(
      `insert into tenet.inbox (consumer_group, topic, key_hash, payload_hash, partition, record_offset, state, expires_at)
       values ('g', 't', 'k', 'p', 0, 1, 'handled', now())`,
    );
    await service.query("select tenet.fence('g', 't', 0, 1)");
    await service.query('commit');
    await service.query('delete from tenet.inbox where expires_at < now()');
    await service.query(
      `insert into tenet.line (consumer_group, topic, partition, record_offset, key_hash, state, record_headers, record_timestamp, digest)
       values ('g', 't', 0, 1, 7, 'waiting', '[]', 0, 'd')`,
    );
    await service.query('delete from tenet.line');
    expect((await service.query('select version from tenet.migration')).rows).toEqual([{ version: 1 }, { version: 2 }]);
    await expect(service.query('create table tenet.mine (x int)')).rejects.toThrow(/permission denied/);
    await expect(service.query('insert into tenet.migration values (99)')).rejects.toThrow(/permission denied/);
    await service.end();
  });
});
