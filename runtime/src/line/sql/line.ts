import type { Migration } from '../../inbox/sql/inbox.ts';

/** The version that the line adapter of this package asks for. */
export const lineVersion = 2;

/** Rows that wait or are dead. The fence is the inbox's: whoever owns the partition writes here, and nobody else. */
export const lineMigration: Migration = {
  name: '0002-line.sql',
  sql: `-- Line of @tenet/runtime: records that wait behind their key, and dead letters that hold it. Safe to apply again.

do $$ begin perform pg_advisory_xact_lock(hashtextextended('tenet migration', 0)); end $$;

-- One row per record, at its place in its source partition. The bytes are the record's own; what was discarded keeps none.
create table if not exists tenet.line (
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  -- 64 bits of a hash of what orders the record.
  key_hash bigint not null,
  state text not null check (state in ('waiting', 'dead', 'ready', 'discarded')),
  deaths integer not null default 0,
  -- JSON: why it died last, classified values redacted.
  death text,
  -- The dead letter was acknowledged.
  evidence boolean not null default false,
  record_key bytea,
  record_value bytea,
  -- JSON: [name, base64 of the value], in order.
  record_headers bytea not null,
  -- Milliseconds since 1970.
  record_timestamp bigint not null,
  -- sha256 of key and value: tells a record from another one at the same offset of a topic that was made anew.
  digest bytea not null,
  since timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text,
  decided_because text,
  primary key (consumer_group, topic, partition, record_offset)
);

create index if not exists line_key on tenet.line (consumer_group, topic, partition, key_hash, record_offset)
  where state <> 'discarded';
create index if not exists line_dead on tenet.line (consumer_group, topic, partition, record_offset)
  where state = 'dead';

insert into tenet.migration (version) values (${lineVersion}) on conflict do nothing;
`,
};
