/** The line on PostgreSQL. What an owner writes or reads stands in one transaction with the fence as its last statement. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { Death } from '../dead-letter/evidence.ts';
import type { PostgresTransaction } from '../inbox/postgres-transaction.ts';
import { recordDigest } from './key-hash.ts';
import type { DeadRecord, Line, LineItem, LineOwner, LinePlace, LineRecord, LineRow, LineState } from './line.ts';

type Row = Readonly<Record<string, unknown>>;
type Rows = readonly Row[];

export interface LineConnection {
  /** One statement of its own. */
  query(text: string, values: readonly unknown[]): Promise<Rows>;
  /** Statements in one transaction that commits only under the owner's epoch. */
  fenced<T>(owner: LineOwner, work: (tx: PostgresTransaction) => Promise<T>): Promise<T>;
}

const here = 'consumer_group = $1 and topic = $2 and partition = $3';
const body =
  'record_offset, key_hash, state, deaths, death, record_key, record_value, record_headers, record_timestamp';

export function postgresLine({ query, fenced }: LineConnection): Line {
  return {
    read: (owner, from) =>
      fenced(owner, async (tx) => {
        const ask = async (text: string, ...more: readonly unknown[]) =>
          (await tx.query(text, [...placeOf(owner), ...more])).rows;
        const keys = await ask(
          `select key_hash, count(*)::integer as rows, min(record_offset) as first
           from tenet.line where ${here} and state <> 'discarded' group by key_hash`,
        );
        const dead = await ask(
          `select key_hash, record_offset, deaths from tenet.line where ${here} and state = 'dead' order by record_offset`,
        );
        const marks = await ask(
          `select record_offset, state, deaths, record_timestamp, digest,
             case when state = 'dead' and not evidence then death end as death
           from tenet.line where ${here} and record_offset >= $4 order by record_offset`,
          from,
        );
        const owed = await ask(
          `select ${body} from tenet.line
           where ${here} and state = 'dead' and not evidence and record_offset < $4 order by record_offset`,
          from,
        );
        return {
          keys: keys.map((row) => ({ keyHash: big(row.key_hash), rows: Number(row.rows), first: big(row.first) })),
          dead: dead.map((row) => ({
            keyHash: big(row.key_hash),
            offset: big(row.record_offset),
            deaths: Number(row.deaths),
          })),
          marks: marks.map((row) => ({
            offset: big(row.record_offset),
            state: stateOf(row),
            deaths: Number(row.deaths),
            owed: deathOf(row),
            timestamp: Number(row.record_timestamp),
            digest: bytes(row.digest),
          })),
          owed: owed.flatMap((row): DeadRecord[] => {
            const death = deathOf(row);
            return death === undefined ? [] : [{ ...rowOf(owner, row), death }];
          }),
        };
      }),

    park: (owner, records) =>
      fenced(owner, async (tx) => {
        await tx.query(
          `insert into tenet.line (consumer_group, topic, partition, record_offset, key_hash, state,
             record_key, record_value, record_headers, record_timestamp, digest)
           select $1, $2, $3, parked.*
           from unnest($4::bigint[], $5::bigint[], $6::text[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bigint[], $11::bytea[])
             as parked
           on conflict do nothing`,
          [...placeOf(owner), ...columns(records.map((one) => insertion(one, 'waiting')))],
        );
      }),

    page: (owner, keyHashes, rowsPerKey) =>
      fenced(owner, async (tx) => {
        const { rows } = await tx.query(
          `select first.* from unnest($4::bigint[]) as wanted (hash) cross join lateral (
             select ${body} from tenet.line
             where ${here} and key_hash = wanted.hash and state <> 'discarded' order by record_offset limit $5
           ) as first order by record_offset`,
          [...placeOf(owner), keyHashes.map(String), rowsPerKey],
        );
        return rows.map((row) => rowOf(owner, row));
      }),

    bury: (owner, dead) =>
      fenced(owner, async (tx) => {
        await tx.query(
          `insert into tenet.line as held (consumer_group, topic, partition, record_offset, key_hash, state,
             record_key, record_value, record_headers, record_timestamp, digest, deaths, death)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
           on conflict (consumer_group, topic, partition, record_offset) do update
             set state = 'dead', deaths = excluded.deaths, death = excluded.death, evidence = false
             where held.deaths < excluded.deaths`,
          [...placeOf(owner), ...insertion(dead, 'dead'), dead.deaths, JSON.stringify(dead.death)],
        );
      }),

    evidenced: (owner, offset, deaths) =>
      fenced(owner, async (tx) => {
        await tx.query(`update tenet.line set evidence = true where ${here} and record_offset = $4 and deaths = $5`, [
          ...placeOf(owner),
          offset,
          deaths,
        ]);
      }),

    settle: (owner, offset) => fenced(owner, (tx) => settleRow(tx, { ...owner, offset })),

    async watch(partition, dead) {
      const [news] = await query(
        `select
           (select record_timestamp from tenet.line where ${here} and state <> 'discarded'
            order by record_offset limit 1) as oldest,
           (select json_agg(json_build_array(asked.record_offset::text, coalesce(held.state, 'discarded'), coalesce(held.deaths, 0)))
            from unnest($4::bigint[]) as asked (record_offset)
            left join tenet.line as held on ${here} and held.record_offset = asked.record_offset
            where held.state is distinct from 'dead') as decided`,
        [...placeOf(partition), dead.map(String)],
      );
      const decided = (news?.decided ?? []) as readonly (readonly [string, string, number])[];
      return {
        decided: decided.map(([offset, state, deaths]) => ({
          offset: BigInt(offset),
          deaths,
          state: state === 'ready' ? 'ready' : 'discarded',
        })),
        oldest: news?.oldest === null || news === undefined ? undefined : Number(news.oldest),
      };
    },

    async list({ group, topic, state, after, limit = 100 }) {
      const rows = await query(
        `select consumer_group, topic, partition, record_offset, state, deaths, death, evidence, record_timestamp,
           extract(epoch from since) * 1000 as since, decided_by, decided_because
         from tenet.line
         where ($1::text is null or consumer_group = $1) and ($2::text is null or topic = $2)
           and ($3::text is null or state = $3)
           and ($4::text is null or (consumer_group, topic, partition, record_offset) > ($4, $5, $6::integer, $7::bigint))
         order by consumer_group, topic, partition, record_offset limit $8`,
        [
          group ?? null,
          topic ?? null,
          state ?? null,
          after?.group ?? null,
          after?.topic ?? null,
          after?.partition ?? null,
          after?.offset ?? null,
          limit,
        ],
      );
      return rows.map(itemOf);
    },

    replay: (place) =>
      decide(place, `state = 'ready', decided_at = now(), decided_by = null, decided_because = null`, []),

    // The content goes with the decision: nobody needs it any more, and it may be somebody's.
    discard: (place, { by, reason }) =>
      decide(
        place,
        `state = 'discarded', decided_at = now(), decided_by = $5, decided_because = $6,
         record_key = null, record_value = null, record_headers = '[]'`,
        [legible(by), legible(reason)],
      ),
  };

  async function decide(place: LinePlace, change: string, values: readonly string[]): Promise<boolean> {
    const changed = await query(
      `update tenet.line set ${change} where ${here} and record_offset = $4 and state = 'dead' and evidence returning 1`,
      [...placeOf(place), place.offset, ...values],
    );
    return changed.length > 0;
  }
}

/** Within a transaction that has the fence to come. */
export async function settleRow(tx: PostgresTransaction, place: LinePlace): Promise<void> {
  await tx.query(`delete from tenet.line where ${here} and record_offset = $4`, [...placeOf(place), place.offset]);
}

function placeOf({ group, topic, partition }: { group: string; topic: string; partition: number }) {
  return [group, topic, partition] as const;
}

type Insertion = readonly [bigint, bigint, LineState, Bytes, Bytes, Buffer, bigint, Uint8Array];
type Bytes = Uint8Array | null;

function insertion({ record, keyHash }: LineRecord, state: LineState): Insertion {
  const headers = record.headers.map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return [
    record.offset,
    keyHash,
    state,
    buffer(record.key),
    buffer(record.value),
    Buffer.from(JSON.stringify(headers)),
    BigInt(Math.trunc(record.timestamp)),
    buffer(recordDigest(record)) ?? new Uint8Array(),
  ];
}

/** Rows as PostgreSQL's unnest takes them: an array for each column. */
function columns(rows: readonly Insertion[]): readonly unknown[][] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((column) =>
    rows.map((row) => {
      const value = row[column as keyof Insertion];
      return typeof value === 'bigint' ? String(value) : value;
    }),
  );
}

function rowOf(owner: LineOwner, row: Row): LineRow {
  const headers: readonly (readonly [string, string])[] = JSON.parse(Buffer.from(bytes(row.record_headers)).toString());
  const record: BrokerRecord = {
    topic: owner.topic,
    partition: owner.partition,
    offset: big(row.record_offset),
    timestamp: Number(row.record_timestamp),
    key: row.record_key === null ? null : bytes(row.record_key),
    value: row.record_value === null ? null : bytes(row.record_value),
    headers: headers.map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  };
  const state = stateOf(row);
  return {
    record,
    keyHash: big(row.key_hash),
    state: state === 'discarded' ? 'dead' : state,
    deaths: Number(row.deaths),
  };
}

function itemOf(row: Row): LineItem {
  return {
    group: String(row.consumer_group),
    topic: String(row.topic),
    partition: Number(row.partition),
    offset: big(row.record_offset),
    state: stateOf(row),
    deaths: Number(row.deaths),
    timestamp: Number(row.record_timestamp),
    since: Math.floor(Number(row.since)),
    death: deathOf(row),
    evidence: row.evidence === true,
    decision:
      typeof row.decided_by === 'string' ? { by: row.decided_by, reason: String(row.decided_because) } : undefined,
  };
}

function stateOf(row: Row): LineState {
  return row.state as LineState;
}

function deathOf(row: Row): Death | undefined {
  return typeof row.death === 'string' ? (JSON.parse(row.death) as Death) : undefined;
}

function big(value: unknown): bigint {
  return BigInt(String(value));
}

function bytes(value: unknown): Uint8Array {
  return value as Uint8Array;
}

// The driver knows Buffers only.
function buffer(value: Uint8Array | null): Buffer | null {
  return value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** PostgreSQL's text holds any character but this one. */
function legible(text: string): string {
  return text.replaceAll('\0', '');
}
