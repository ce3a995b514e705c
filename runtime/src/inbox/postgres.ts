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
import type { Pool, PoolClient } from 'pg';
import { postgresLine, settleRow } from '../line/postgres-line.ts';
import { lineVersion } from '../line/sql/line.ts';
import type { ParkingStore } from '../store.ts';
import { type Epoch, InboxError, type InboxOutcome, type InboxRecord } from './inbox.ts';
import { claim, claimAll, fence, keyOf } from './postgres-claims.ts';
import { storeError, storeErrors } from './postgres-errors.ts';
import { type PostgresTransaction, runTransaction, type Work } from './postgres-transaction.ts';

export type { PostgresTransaction };

export interface PostgresOptions {
  /** The service's own pool; every record in flight uses one of its connections. It is not ended by `close`. */
  readonly pool: Pool;
}

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

    async handleBatch(records, handler) {
      const [first] = records;
      if (first === undefined) return [];
      let kept = first;
      return inTransaction(
        first.timeoutMs,
        async (tx) => {
          const outcomes = await claimAll(tx, records);
          const ours = records.filter((_, i) => outcomes[i]?.outcome === 'handled');
          if (ours[0] !== undefined) {
            kept = ours[0];
            await handler(tx, outcomes);
          }
          for (const record of ours) if (record.parked) await storeErrors(settleRow(tx, record));
          await fence(tx, first, first.epoch);
          return { result: outcomes, keep: ours.length > 0 };
        },
        () => readBack(kept),
      );
    },

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

function destroySocket(client: PoolClient): void {
  // pg has no public way to drop a connection without a word.
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
