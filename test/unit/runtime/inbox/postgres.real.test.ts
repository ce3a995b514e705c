// What only PostgreSQL can show: sockets that die, commits whose answer is lost, owners that overlap. The behaviour
// that every inbox shares is in test/conformance.
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { postgres } from '@tenet/runtime/postgres';
import { migrations } from '@tenet/runtime/sql';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { runTransaction } from '../../../../runtime/src/inbox/postgres-transaction.ts';
import { type FreshDatabase, freshDatabase } from '../../../support/postgres.ts';

type InboxRecord = Parameters<ReturnType<typeof postgres>['handle']>[0];

const place = { group: 'orders.v1.picking', topic: 'orders.v1', partition: 3 };
let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => {});
  for (const { sql } of migrations) await pool.query(sql);
  await pool.query('create table effect (name text not null)');
});
beforeEach(async () => {
  await pool.query('truncate effect, tenet.inbox, tenet.partition_owner');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const proxies: Server[] = [];
afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.close();
});

function hash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

function record(epoch: bigint, changes: Partial<InboxRecord> = {}): InboxRecord {
  const content = {
    offset: 7n,
    key: '"o-1"',
    payloadHash: hash('a'),
    windowMs: 60_000,
    timeoutMs: 5000,
    parked: false,
  };
  return { ...place, ...content, epoch, ...changes };
}

async function counts(): Promise<{ effects: number; claims: number }> {
  const { rows } = await pool.query(
    'select (select count(*) from effect)::integer as effects, (select count(*) from tenet.inbox)::integer as claims',
  );
  return rows[0];
}

async function apply(tx: { query(text: string): Promise<unknown> }): Promise<void> {
  await tx.query(`insert into effect values ('picked')`);
}

/** A pool whose connections go through `onClient`, which passes both directions on, or does not. */
async function poolThrough(onClient: (client: Socket, server: Socket) => void): Promise<pg.Pool> {
  const target = new URL(database.url);
  const [port, host] = [Number(target.port), target.hostname];
  const proxy = createServer((client) => {
    const server = connect(port, host);
    for (const socket of [client, server]) socket.on('error', () => {});
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    onClient(client, server);
  });
  proxies.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  target.port = String((proxy.address() as AddressInfo).port);
  return new pg.Pool({ connectionString: target.href, max: 2 });
}

test('the migrations apply again without harm, also at the same time', async () => {
  const sql = migrations.map((migration) => migration.sql).join('\n');
  await pool.query(sql);
  const empty = await freshDatabase(inject('postgresUrl'));
  const other = new pg.Pool({ connectionString: empty.url });
  await Promise.all([other.query(sql), other.query(sql), other.query(sql)]);
  await expect(postgres({ pool: other }).connect()).resolves.toBeUndefined();
  await other.end();
  await empty.drop();
});

test('a database without the migrations is refused by name', async () => {
  const empty = await freshDatabase(inject('postgresUrl'));
  const other = new pg.Pool({ connectionString: empty.url });
  await expect(postgres({ pool: other }).connect()).rejects.toMatchObject({ reason: 'not-migrated', retryable: false });
  await other.end();
  await empty.drop();
});

test('a socket destroyed in the middle of a transaction leaves neither effect nor key', async () => {
  const sockets: Socket[] = [];
  const torn = await poolThrough((client, server) => {
    client.pipe(server).pipe(client);
    sockets.push(client);
  });
  const inbox = postgres({ pool: torn });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const handling = inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    for (const socket of sockets) socket.destroy();
    await tx.query('select 1');
  });
  await expect(handling).rejects.toMatchObject({ name: 'InboxError', reason: 'unavailable' });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
  await expect(postgres({ pool }).handle(record(epoch), apply)).resolves.toEqual({ outcome: 'handled' });
  expect(await counts()).toEqual({ effects: 1, claims: 1 });
  await torn.end();
});

test('sever ends what is under way and everything after it', async () => {
  const own = new pg.Pool({ connectionString: database.url });
  const inbox = postgres({ pool: own });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const handling = inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    inbox.sever?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  await expect(handling).rejects.toMatchObject({ reason: 'unavailable' });
  await expect(inbox.handle(record(epoch), apply)).rejects.toMatchObject({ reason: 'unavailable' });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
  await own.end();
});

test('a commit whose answer is lost counts when the key is there', async () => {
  let deaf = false;
  const lossy = await poolThrough((client, server) => {
    client.pipe(server);
    server.on('data', (chunk) => {
      // COMMIT's answer arrives; the client never hears it and loses the connection. Later connections work again.
      if (deaf && chunk.includes('COMMIT')) {
        deaf = false;
        client.destroy();
      } else client.write(chunk);
    });
  });
  const inbox = postgres({ pool: lossy });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const handled = await inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    deaf = true;
  });
  expect([handled, deaf]).toEqual([{ outcome: 'handled' }, false]);
  expect(await counts()).toEqual({ effects: 1, claims: 1 });
  await lossy.end();
});

test('a commit that never arrived does not count', async () => {
  let deaf = false;
  const lossy = await poolThrough((client, server) => {
    server.pipe(client);
    client.on('data', (chunk) => {
      if (deaf && chunk.includes('commit')) {
        deaf = false;
        client.destroy();
      } else server.write(chunk);
    });
  });
  const inbox = postgres({ pool: lossy });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const handling = inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    deaf = true;
  });
  await expect(handling).rejects.toMatchObject({ reason: 'unavailable', retryable: true });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
  await lossy.end();
});

test('the commit of a batch that never arrived does not count because a duplicate of it is there', async () => {
  const direct = postgres({ pool });
  const epoch = await direct.takeOver(place, { member: 'a', generation: 1 });
  const [known, fresh] = [record(epoch), record(epoch, { offset: 8n, key: '"o-2"' })];
  await direct.handle(known, apply);
  let deaf = false;
  const lossy = await poolThrough((client, server) => {
    server.pipe(client);
    client.on('data', (chunk) => {
      if (deaf && chunk.includes('commit')) {
        deaf = false;
        client.destroy();
      } else server.write(chunk);
    });
  });
  const inbox = postgres({ pool: lossy });
  const failing = inbox.handleBatch([known, fresh], async (tx) => {
    await apply(tx);
    deaf = true;
  });
  await expect(failing).rejects.toMatchObject({ reason: 'unavailable', retryable: true });
  expect(await counts()).toEqual({ effects: 1, claims: 1 });
  expect(await inbox.handleBatch([known, fresh], apply)).toEqual([
    { outcome: 'duplicate', mismatch: false },
    { outcome: 'handled' },
  ]);
  expect(await counts()).toEqual({ effects: 2, claims: 2 });
  await lossy.end();
});

test('a lost commit does not count because another record took the key meanwhile', async () => {
  const direct = postgres({ pool });
  const epoch = await direct.takeOver(place, { member: 'a', generation: 1 });
  let deaf = false;
  let others: Promise<unknown> = Promise.resolve();
  const lossy = await poolThrough((client, server) => {
    server.pipe(client);
    client.on('data', async (chunk) => {
      if (deaf && chunk.includes('commit')) {
        deaf = false;
        server.destroy();
        others = direct.handle(record(epoch, { offset: 8n }), apply);
      } else {
        // The connection on which the claim is read back.
        await others;
        server.write(chunk);
      }
    });
  });
  const handling = postgres({ pool: lossy }).handle(record(epoch), async (tx) => {
    await apply(tx);
    deaf = true;
  });
  await expect(handling).rejects.toMatchObject({ reason: 'unavailable', retryable: true });
  expect(await others).toEqual({ outcome: 'handled' });
  expect(await counts()).toEqual({ effects: 1, claims: 1 });
  await lossy.end();
});

test('a statement that fails and is swallowed by the handler fails the transaction', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const handling = inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    await tx.query('select 1 / 0').catch(() => {});
  });
  await expect(handling).rejects.toMatchObject({ reason: 'unavailable' });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('a commit that answers ROLLBACK has failed', async () => {
  const client = await pool.connect();
  const work = async (tx: { query(text: string): Promise<unknown> }) => {
    await apply(tx);
    await tx.query('select 1 / 0').catch(() => {});
    return { result: undefined, keep: true };
  };
  const running = runTransaction(client, 5000, work, async () => true);
  await expect(running).rejects.toThrow('the commit answered ROLLBACK');
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('a take-over waits for nobody that has not passed the fence, and fences him', async () => {
  const inbox = postgres({ pool });
  const first = await inbox.takeOver(place, { member: 'a', generation: 1 });
  let second = 0n;
  const handling = inbox.handle(record(first), async (tx) => {
    await apply(tx);
    second = await inbox.takeOver(place, { member: 'b', generation: 2 });
  });
  await expect(handling).rejects.toMatchObject({ reason: 'fenced', retryable: false });
  expect(second).toBe(first + 1n);
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('a take-over waits for a transaction that passed the fence', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const client = await pool.connect();
  let taken = false;
  let takeOver: Promise<void> = Promise.resolve();
  try {
    await client.query('begin');
    await client.query('select tenet.fence($1, $2, $3, $4)', [place.group, place.topic, place.partition, epoch]);
    takeOver = inbox.takeOver(place, { member: 'b', generation: 2 }).then(() => {
      taken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(taken).toBe(false);
    await client.query('commit');
  } finally {
    client.release();
  }
  await takeOver;
  expect(taken).toBe(true);
});

test('a fence that waits for a take-over reads the epoch after it', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const client = await pool.connect();
  let settled = false;
  let handling: Promise<unknown> = Promise.resolve();
  try {
    await client.query('begin');
    const { group, topic, partition } = place;
    await client.query(`select tenet.take_over($1, $2, $3, 'b', 2)`, [group, topic, partition]);
    handling = inbox.handle(record(epoch), apply).catch((error: unknown) => error);
    handling.then(() => {
      settled = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(settled).toBe(false);
    await client.query('commit');
  } finally {
    client.release();
  }
  expect(await handling).toMatchObject({ reason: 'fenced' });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('records of one partition pass the fence side by side', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select tenet.fence($1, $2, $3, $4)', [place.group, place.topic, place.partition, epoch]);
    expect(await inbox.handle(record(epoch, { timeoutMs: 2000 }), apply)).toEqual({ outcome: 'handled' });
    await client.query('commit');
  } finally {
    client.release();
  }
});

test('two owners of one record: the second waits for the claim of the first, and applies nothing', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const first = inbox.handle(record(epoch), async (tx) => {
    await apply(tx);
    await gate;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = inbox.handle(record(epoch), apply);
  await new Promise((resolve) => setTimeout(resolve, 50));
  go();
  expect(await Promise.all([first, second])).toEqual([
    { outcome: 'handled' },
    { outcome: 'duplicate', mismatch: false },
  ]);
  expect(await counts()).toEqual({ effects: 1, claims: 1 });
});

test('a handler that outlives its time is rolled back, and what it still sends is refused', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  let late: Promise<unknown> = Promise.resolve();
  const handling = inbox.handle(record(epoch, { timeoutMs: 100 }), async (tx) => {
    await apply(tx);
    await new Promise((resolve) => setTimeout(resolve, 300));
    late = apply(tx);
    await late;
  });
  await expect(handling).rejects.toMatchObject({ reason: 'timeout' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await expect(late).rejects.toMatchObject({ reason: 'timeout' });
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('the server itself ends the transaction of an owner that froze', async () => {
  const client = await pool.connect();
  const ended = new Promise((resolve) => client.once('error', resolve));
  const inbox = postgres({ pool: { connect: async () => client, query: pool.query.bind(pool) } as unknown as pg.Pool });
  const epoch = await postgres({ pool }).takeOver(place, { member: 'a', generation: 1 });
  let bounds: unknown;
  const handling = inbox.handle(record(epoch, { timeoutMs: 4000 }), async (tx) => {
    bounds = (
      await tx.query(
        `select current_setting('idle_in_transaction_session_timeout') as idle, current_setting('statement_timeout') as busy`,
      )
    ).rows;
    // Shorter, so that the test need not wait; a frozen process would not run the deadline of its own either.
    await tx.query('set local idle_in_transaction_session_timeout = 50');
    await ended;
  });
  await expect(handling).rejects.toMatchObject({ reason: 'unavailable' });
  expect(bounds).toEqual([{ idle: '5s', busy: '5s' }]);
  expect(await counts()).toEqual({ effects: 0, claims: 0 });
});

test('a key whose window is over is free, also before it is forgotten', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  await inbox.handle(record(epoch, { windowMs: 1 }), apply);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await inbox.handle(record(epoch, { offset: 9n }), apply)).toEqual({ outcome: 'handled' });
  expect(await inbox.handle(record(epoch), apply)).toEqual({ outcome: 'duplicate', mismatch: false });
  expect(await counts()).toEqual({ effects: 2, claims: 1 });
});

test('expire forgets keys whose window is over and keeps all others', async () => {
  const inbox = postgres({ pool });
  const epoch = await inbox.takeOver(place, { member: 'a', generation: 1 });
  await inbox.handle(record(epoch, { windowMs: 0, key: 'short' }), apply);
  await inbox.handle(record(epoch, { key: 'long' }), apply);
  await inbox.handle(record(epoch, { windowMs: Number.POSITIVE_INFINITY, key: 'ever' }), apply);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await inbox.expire();
  expect(await counts()).toEqual({ effects: 3, claims: 2 });
  expect(await inbox.handle(record(epoch, { key: 'short' }), apply)).toEqual({ outcome: 'handled' });
});
