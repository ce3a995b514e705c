/**
 * Claims of idempotency keys and the fence, as statements of the transaction that they protect. Taking a key waits for
 * whoever else is taking it; the fence comes last.
 */
import { createHash } from 'node:crypto';
import { type Epoch, InboxError, type InboxOutcome, type InboxPartition, type InboxRecord } from './inbox.ts';
import { storeErrors } from './postgres-errors.ts';
import type { PostgresTransaction } from './postgres-transaction.ts';

/** What a record's key turned out to be. `free`: it is ours now. */
type Claim = 'free' | InboxOutcome;

/** Keys in one statement. */
const claimedAtOnce = 100;

/** Takes the record's key, or says what holds it. */
export async function claim(tx: PostgresTransaction, record: InboxRecord, state: 'handled' | 'dead'): Promise<Claim> {
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
  if (held === undefined) throw expired();
  return outcomeOf(held);
}

/**
 * Takes the keys of several records of one partition, in statements of bounded size; an answer for each. All keys are
 * taken in the order of their hashes, whoever takes them: batches that share keys wait for each other in no circle.
 */
export async function claimAll(
  tx: PostgresTransaction,
  records: readonly InboxRecord[],
): Promise<readonly InboxOutcome[]> {
  const outcomes = records.map((): InboxOutcome => ({ outcome: 'handled' }));
  const wanted = records
    .map((record, index) => ({ record, index, hash: hashOf(record) }))
    .sort((a, b) => Buffer.compare(a.hash, b.hash));
  for (let from = 0; from < wanted.length; from += claimedAtOnce) {
    const some = wanted.slice(from, from + claimedAtOnce);
    const taken = await insertKeys(tx, some);
    const met = some.filter(({ hash }) => !taken.has(hash.toString('hex')));
    const held = met.length === 0 ? [] : await heldKeys(tx, met);
    held.forEach((outcome, i) => {
      const index = met[i]?.index;
      if (index !== undefined) outcomes[index] = outcome;
    });
  }
  return outcomes;
}

interface Wanted {
  readonly record: InboxRecord;
  readonly index: number;
  readonly hash: Buffer;
}

/** Answers the hashes of the keys that were free, in hexadecimal. */
async function insertKeys(tx: PostgresTransaction, wanted: readonly Wanted[]): Promise<ReadonlySet<string>> {
  const [first] = wanted;
  if (first === undefined) return new Set();
  const { group, topic, partition } = first.record;
  const { rows } = await stated(
    tx,
    `insert into tenet.inbox
       as held (consumer_group, topic, key_hash, payload_hash, partition, record_offset, state, expires_at)
     select $1, $2, mine.key_hash, mine.payload_hash, $3, mine.record_offset, 'handled',
       coalesce(now() + $4::double precision * interval '1 millisecond', 'infinity')
     from unnest($5::bytea[], $6::bytea[], $7::bigint[]) as mine(key_hash, payload_hash, record_offset)
     order by mine.key_hash
     on conflict (consumer_group, topic, key_hash) do update
       set payload_hash = excluded.payload_hash, partition = excluded.partition, record_offset = excluded.record_offset,
         state = excluded.state, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
       where held.expires_at <= now()
     returning encode(key_hash, 'hex') as key_hash`,
    [group, topic, partition, windowOf(first.record), ...columnsOf(wanted)],
  );
  return new Set(rows.map((row) => String(row.key_hash)));
}

/** What holds these keys. A statement of its own, for the reason given in `claim`. */
async function heldKeys(tx: PostgresTransaction, wanted: readonly Wanted[]): Promise<readonly InboxOutcome[]> {
  const [first] = wanted;
  if (first === undefined) return [];
  const { group, topic, partition } = first.record;
  const { rows } = await stated(
    tx,
    `select held.state = 'dead' and held.partition = $3 and held.record_offset = mine.record_offset
       as this_one_is_dead, held.payload_hash <> mine.payload_hash as mismatch
     from unnest($4::bytea[], $5::bytea[], $6::bigint[]) with ordinality
       as mine(key_hash, payload_hash, record_offset, number)
     join tenet.inbox as held
       on held.consumer_group = $1 and held.topic = $2 and held.key_hash = mine.key_hash
     order by mine.number`,
    [group, topic, partition, ...columnsOf(wanted)],
  );
  if (rows.length < wanted.length) throw expired();
  return rows.map(outcomeOf);
}

function columnsOf(wanted: readonly Wanted[]) {
  return [
    wanted.map(({ hash }) => hash),
    wanted.map(({ record }) => record.payloadHash),
    wanted.map(({ record }) => record.offset),
  ] as const;
}

function outcomeOf(held: Readonly<Record<string, unknown>>): InboxOutcome {
  return held.this_one_is_dead === true
    ? { outcome: 'dead' }
    : { outcome: 'duplicate', mismatch: held.mismatch === true };
}

function expired(): InboxError {
  return new InboxError('unavailable', 'the key expired while it was being claimed');
}

/** The last statement of a transaction: fails when the partition is not ours any more. */
export async function fence(
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

export function keyOf(record: InboxRecord): readonly [group: string, topic: string, keyHash: Uint8Array] {
  return [record.group, record.topic, hashOf(record)];
}

function hashOf({ key }: InboxRecord): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** `null`: the key is kept for ever. */
function windowOf({ windowMs }: InboxRecord): number | null {
  return Number.isFinite(windowMs) ? windowMs : null;
}
