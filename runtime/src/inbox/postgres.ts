/**
 * The inbox on PostgreSQL. One transaction per record: claim, handler, fence, commit.
 *
 * - The claim comes first: its unique wait holds back a second owner that redoes the same record.
 * - The fence comes last: it shares the partition's lock with other transactions about to commit, so that a take-over,
 *   which wants the lock alone, waits for those that passed the fence and fails all others.
 * - READ COMMITTED only: at other levels the fence would read the epoch of the transaction's beginning.
 * - The server ends a transaction that is silent or stuck for longer than its bound, so that a frozen owner cannot hold
 *   a claim for ever.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { postgresLine, settleRow } from '../line/postgres-line.ts';
import { lineVersion } from '../line/sql/line.ts';
import type { ParkingStore } from '../store.ts';
import { type Epoch, InboxError, type InboxOutcome, type InboxPartition, type InboxRecord } from './inbox.ts';
import { type PostgresTransaction, runTransaction, type Work } from './postgres-transaction.ts';

export type { PostgresTransaction };

export interface PostgresOptions {
  /** The service's own pool; every record in flight uses one of its connections. It is not ended by `close`. */
  readonly pool: Pool;
}

/** What a record's key turned out to be. `free`: it is ours now. */
type Claim = 'free' | InboxOutcome;

const fencedState = 'TN001';
const expireBatch = 5000;
/** Bound of a transaction of the line. */
const lineMs = 30_000;

export function postgres(options: PostgresOptions): ParkingStore<PostgresTransaction> {
  const { pool } = options;
  const open = new Set<PoolClient>();
  let severed = false;
  // A connection that breaks while idle is replaced by the pool; without a listener its event would end the process.
  const onIdleError = (): void => {};

  const query = async (text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> => {
    if (severed) throw new InboxError('unavailable', 'the inbox is closed');
    try {
      return (await pool.query(text, [...values])).rows;
    } catch (error) {
      throw storeError(error);
    }
  };

  const inTransaction = async <T>(
    timeoutMs: number,
    work: (tx: PostgresTransaction) => Promise<Work<T>>,
    readBack: () => Promise<boolean>,
  ): Promise<T> => {
    if (severed) throw new InboxError('unavailable', 'the inbox is closed');
    const client = await pool.connect().catch((error: unknown) => {
      throw storeError(error);
    });
    open.add(client);
    try {
      return await runTransaction(client, timeoutMs, work, readBack);
    } finally {
      open.delete(client);
    }
  };

  /** After a COMMIT whose answer was lost: whether this very record holds its key, read on a fresh connection. */
  const readBack = async (record: InboxRecord): Promise<boolean> => {
    const rows = await query(
      `select 1 from tenet.inbox where consumer_group = $1 and topic = $2 and key_hash = $3
       and partition = $4 and record_offset = $5`,
      [...keyOf(record), record.partition, record.offset],
    );
    return rows.length > 0;
  };

  const claiming = (
    record: InboxRecord,
    state: 'handled' | 'dead',
    effect: (tx: PostgresTransaction) => Promise<void>,
  ): Promise<InboxOutcome> =>
    inTransaction<InboxOutcome>(
      record.timeoutMs,
      async (tx) => {
        const claimed = await claim(tx, record, state);
        if (claimed === 'free') await effect(tx);
        await fence(tx, record, record.epoch);
        return claimed === 'free' ? { result: { outcome: state }, keep: true } : { result: claimed, keep: false };
      },
      () => readBack(record),
    );

  return {
    name: 'postgres',
    transactional: true,

    async connect() {
      if (pool.listenerCount('error') === 0) pool.on('error', onIdleError);
      const [schema] = await query(`select to_regclass('tenet.migration') is not null as present`, []);
      const [newest] = schema?.present ? await query('select max(version) as version from tenet.migration', []) : [];
      const version = Number(newest?.version ?? 0);
      if (version < lineVersion) {
        throw new InboxError(
          'not-migrated',
          `the database has version ${version} of the schema tenet and needs ${lineVersion}: apply the migrations that \`tenet generate\` writes into sql/inbox`,
        );
      }
    },

    async takeOver({ group, topic, partition }, { member, generation }, over): Promise<Epoch> {
      const rows = await query('select tenet.take_over($1, $2, $3, $4, $5, $6) as epoch', [
        group,
        topic,
        partition,
        member,
        generation,
        over ?? null,
      ]);
      return BigInt(String(rows[0]?.epoch));
    },

    handle: (record, handler) =>
      claiming(record, 'handled', async (tx) => {
        await handler(tx);
        if (record.parked) await storeErrors(settleRow(tx, record));
      }),

    markDead: (record) => claiming(record, 'dead', async () => undefined),

    // A repeated call finds what an unanswered one did.
    line: postgresLine({
      query,
      fenced: (owner, work) =>
        inTransaction(
          lineMs,
          async (tx) => {
            const result = await storeErrors(work(tx));
            await fence(tx, owner, owner.epoch);
            return { result, keep: true };
          },
          async () => false,
        ),
    }),

    async expire() {
      // In small deletes, so that no claim waits long for one of them.
      for (;;) {
        const rows = await query(
          `with over as (
             select ctid from tenet.inbox where expires_at < now() order by expires_at limit $1 for update skip locked
           ), gone as (delete from tenet.inbox where ctid in (select ctid from over) returning 1)
           select count(*)::integer as count from gone`,
          [expireBatch],
        );
        if (Number(rows[0]?.count) < expireBatch) return;
      }
    },

    async close() {
      pool.off('error', onIdleError);
    },

    sever() {
      severed = true;
      for (const client of open) destroySocket(client);
    },
  };
}

async function claim(tx: PostgresTransaction, record: InboxRecord, state: 'handled' | 'dead'): Promise<Claim> {
  const key = keyOf(record);
  const inserted = await stated(
    tx,
    `insert into tenet.inbox
       as held (consumer_group, topic, key_hash, payload_hash, partition, record_offset, state, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, coalesce(now() + $8::double precision * interval '1 millisecond', 'infinity'))
     on conflict (consumer_group, topic, key_hash) do update
       set payload_hash = excluded.payload_hash, partition = excluded.partition, record_offset = excluded.record_offset,
         state = excluded.state, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
       where held.expires_at <= now()`,
    [...key, record.payloadHash, record.partition, record.offset, state, windowOf(record)],
  );
  if (inserted.rowCount === 1) return 'free';
  // A statement of its own: the row that the insert met may be newer than the insert's snapshot.
  const { rows } = await stated(
    tx,
    `select state = 'dead' and partition = $4 and record_offset = $5 as this_one_is_dead, payload_hash <> $6 as mismatch
     from tenet.inbox where consumer_group = $1 and topic = $2 and key_hash = $3`,
    [...key, record.partition, record.offset, record.payloadHash],
  );
  const [held] = rows;
  if (held === undefined) throw new InboxError('unavailable', 'the key expired while it was being claimed');
  return held.this_one_is_dead === true
    ? { outcome: 'dead' }
    : { outcome: 'duplicate', mismatch: held.mismatch === true };
}

async function fence(
  tx: PostgresTransaction,
  { group, topic, partition }: InboxPartition,
  epoch: Epoch,
): Promise<void> {
  await stated(tx, 'select tenet.fence($1, $2, $3, $4)', [group, topic, partition, epoch]);
}

/** A statement of ours, not of the handler: its errors are the store's. */
function stated(
  tx: PostgresTransaction,
  text: string,
  values: readonly unknown[],
): ReturnType<PostgresTransaction['query']> {
  return storeErrors(tx.query(text, values));
}

function storeErrors<T>(statement: Promise<T>): Promise<T> {
  return statement.catch((error: unknown) => {
    throw storeError(error);
  });
}

function keyOf(record: InboxRecord): readonly [group: string, topic: string, keyHash: Uint8Array] {
  return [record.group, record.topic, createHash('sha256').update(record.key, 'utf8').digest()];
}

/** `null`: the key is kept for ever. */
function windowOf({ windowMs }: InboxRecord): number | null {
  return Number.isFinite(windowMs) ? windowMs : null;
}

/** An error of the store as the port names it. */
function storeError(error: unknown): InboxError {
  if (error instanceof InboxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const state = error instanceof Error && 'code' in error ? error.code : undefined;
  const cause = { cause: error };
  if (state === fencedState) return new InboxError('fenced', message, { ...cause, held: heldEpoch(error) });
  if (state === '42P01' || state === '42883' || state === '3F000')
    return new InboxError('not-migrated', message, cause);
  // query_canceled: the statement met the server's bound.
  if (state === '57014') return new InboxError('timeout', message, cause);
  return new InboxError('unavailable', message, cause);
}

/** The epoch that a refused take-over tells; the fence's errors have none. */
function heldEpoch(error: unknown): Epoch | undefined {
  const detail = error instanceof Error && 'detail' in error ? error.detail : undefined;
  return typeof detail === 'string' && /^\d+$/.test(detail) ? BigInt(detail) : undefined;
}

function destroySocket(client: PoolClient): void {
  // pg has no public way to drop a connection without a word.
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
