-- Inbox of @tenet/runtime: who owns a partition, and which idempotency keys are taken. Safe to apply again.

-- Two services may start their migrations at the same time.
do $$ begin perform pg_advisory_xact_lock(hashtextextended('tenet migration', 0)); end $$;

create schema if not exists tenet;

create table if not exists tenet.migration (
  version integer primary key,
  applied_at timestamptz not null default now()
);

-- One row per partition that was ever consumed. The epoch rises with every take-over and fences earlier owners.
create table if not exists tenet.partition_owner (
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  epoch bigint not null,
  generation bigint not null,
  member text not null,
  taken_at timestamptz not null,
  primary key (consumer_group, topic, partition)
);

-- One row per idempotency key within its window. A key is kept as its sha256: keys have no length limit, rows do.
create table if not exists tenet.inbox (
  consumer_group text not null,
  topic text not null,
  key_hash bytea not null,
  payload_hash bytea not null,
  partition integer not null,
  record_offset bigint not null,
  state text not null check (state in ('handled', 'dead')),
  claimed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (consumer_group, topic, key_hash)
);

create index if not exists inbox_expires_at on tenet.inbox (expires_at);

-- The advisory lock of a partition. Claims do not take it; transactions about to commit share it, a take-over has it alone.
create or replace function tenet.partition_lock(of_group text, of_topic text, of_partition integer) returns bigint
language sql immutable as $$
  select hashtextextended(jsonb_build_array('tenet', of_group, of_topic, of_partition)::text, 0)
$$;

-- The last statement of every transaction: fails unless the epoch is still the partition's. Volatile, so that the row is
-- read by a new snapshot after the lock was granted; that needs READ COMMITTED.
create or replace function tenet.fence(of_group text, of_topic text, of_partition integer, of_epoch bigint) returns void
language plpgsql volatile as $$
declare
  current_epoch bigint;
begin
  perform pg_advisory_xact_lock_shared(tenet.partition_lock(of_group, of_topic, of_partition));
  select epoch into current_epoch from tenet.partition_owner
    where consumer_group = of_group and topic = of_topic and partition = of_partition;
  if current_epoch is distinct from of_epoch then
    raise exception 'epoch % of %/% is over, the partition is at epoch %', of_epoch, of_topic, of_partition, current_epoch
      using errcode = 'TN001';
  end if;
end
$$;

-- Raises the epoch over every earlier owner once their transactions that passed the fence have ended. Fails when a later
-- generation of the group holds the partition, and tells its epoch. A group that was forgotten starts its generations
-- again: whoever has asked the group after it read that epoch may raise over it, and over no other.
create or replace function tenet.take_over(
  of_group text, of_topic text, of_partition integer, by_member text, by_generation bigint, over_epoch bigint default null
) returns bigint
language plpgsql volatile as $$
declare
  raised bigint;
  current_epoch bigint;
begin
  perform pg_advisory_xact_lock(tenet.partition_lock(of_group, of_topic, of_partition));
  insert into tenet.partition_owner as held
    values (of_group, of_topic, of_partition, 1, by_generation, by_member, clock_timestamp())
    on conflict (consumer_group, topic, partition) do update
      set epoch = held.epoch + 1, generation = excluded.generation, member = excluded.member, taken_at = excluded.taken_at
      where held.generation <= excluded.generation or held.epoch = over_epoch
    returning epoch into raised;
  if raised is null then
    select epoch into current_epoch from tenet.partition_owner
      where consumer_group = of_group and topic = of_topic and partition = of_partition;
    raise exception 'a later generation than % holds %/%', by_generation, of_topic, of_partition
      using errcode = 'TN001', detail = current_epoch;
  end if;
  return raised;
end
$$;

insert into tenet.migration (version) values (1) on conflict do nothing;
