/**
 * The inbox in memory, for tests and demos: claim, handler, fence and commit as the PostgreSQL adapter does them, with a
 * journal of effects as the transaction. Transactions of one key wait for each other, as a unique index makes them.
 */
import { type Clock, systemClock, within } from '../clock.ts';
import type { LineItem } from '../line/line.ts';
import { itemOf, MemoryRows, memoryLine } from '../line/memory-line.ts';
import type { ParkingStore } from '../store.ts';
import { type Epoch, InboxError, type InboxOutcome, type InboxPartition, type InboxRecord } from './inbox.ts';

/** What a handler gets as `tx`: effects that take place when, and only when, the transaction commits. */
export interface MemoryTransaction {
  /** Kept until the commit; a later write of the same transaction to the same place replaces it. */
  write(place: string, value: unknown): void;
  /** The transaction's own writes first. */
  read(place: string): unknown;
}

/** What several connections share, as processes share one database. */
export interface MemoryStore {
  /** A connection of its own, as another process would have. */
  inbox(): MemoryInbox;
  /** What committed transactions wrote. */
  read(place: string): unknown;
  /** How often committed transactions wrote there: 2 or more is an effect applied twice. */
  writes(place: string): number;
  places(): readonly string[];
  /** What stands in the line, by partition and offset. */
  parked(): readonly LineItem[];
}

export interface MemoryInbox extends ParkingStore<MemoryTransaction> {
  sever(): void;
}

interface Claim {
  readonly hash: string;
  /** Topic, partition and offset. */
  readonly place: string;
  readonly dead: boolean;
  readonly until: number;
}

interface Owner {
  epoch: Epoch;
  generation: number;
}

export function memoryStore(options: { readonly clock?: Clock } = {}): MemoryStore {
  const clock = options.clock ?? systemClock;
  const claims = new Map<string, Claim>();
  const owners = new Map<string, Owner>();
  const locks = new Map<string, Promise<void>>();
  const data = new Map<string, { value: unknown; writes: number }>();
  const rows = new MemoryRows(clock);

  const fence = (record: InboxPartition & { readonly epoch: Epoch }) => {
    const held = owners.get(partitionId(record))?.epoch ?? 0n;
    if (held === record.epoch) return;
    throw new InboxError('fenced', `epoch ${record.epoch} of partition ${record.partition} is over, it is at ${held}`);
  };
  const recognise = (record: InboxRecord): InboxOutcome | undefined => {
    const claim = claims.get(claimId(record));
    if (claim === undefined || claim.until <= clock.now()) return undefined;
    if (claim.dead && claim.place === placeOf(record)) return { outcome: 'dead' };
    return { outcome: 'duplicate', mismatch: claim.hash !== hashOf(record) };
  };
  const claim = (record: InboxRecord, dead: boolean) =>
    claims.set(claimId(record), {
      hash: hashOf(record),
      place: placeOf(record),
      dead,
      until: clock.now() + record.windowMs,
    });

  const inbox = (): MemoryInbox => {
    let severed = false;
    const alive = () => {
      if (severed) throw new InboxError('unavailable', 'the connection was cut');
    };
    const run = async (
      records: readonly InboxRecord[],
      handler: (tx: MemoryTransaction, outcomes: readonly InboxOutcome[]) => Promise<unknown>,
      over: () => boolean,
    ): Promise<readonly InboxOutcome[]> => {
      const outcomes = records.map((record): InboxOutcome => recognise(record) ?? { outcome: 'handled' });
      const journal = new Map<string, unknown>();
      if (outcomes.some(({ outcome }) => outcome === 'handled')) {
        const tx: MemoryTransaction = {
          write(place, value) {
            alive();
            journal.set(place, value);
          },
          read: (place) => (journal.has(place) ? journal.get(place) : data.get(place)?.value),
        };
        await handler(tx, outcomes);
        alive();
        if (over()) throw new InboxError('timeout', 'the transaction was over before its handler ended');
      }
      for (const record of records) fence(record);
      records.forEach((record, i) => {
        if (outcomes[i]?.outcome !== 'handled') return;
        claim(record, false);
        if (record.parked) rows.delete(record);
      });
      for (const [place, value] of journal) data.set(place, { value, writes: (data.get(place)?.writes ?? 0) + 1 });
      return outcomes;
    };
    const handleBatch: MemoryInbox['handleBatch'] = async (records, handler) => {
      alive();
      const timeoutMs = records[0]?.timeoutMs ?? 0;
      const unlock = await lockAll(locks, records.map(claimId).sort());
      let over = false;
      const running = run(records, handler, () => over);
      // The keys stay locked while a handler runs on after its time, as its transaction would hold the claims.
      running.then(unlock, unlock);
      const outcomes = await within(clock, timeoutMs, running);
      if (outcomes !== undefined) return outcomes;
      over = true;
      throw new InboxError('timeout', `the transaction took longer than ${timeoutMs} ms`);
    };
    return {
      name: 'memory',
      transactional: true,
      line: memoryLine(rows, fence, async () => alive()),
      connect: async () => alive(),
      async takeOver(partition, owner, over) {
        await Promise.resolve();
        alive();
        const held = owners.get(partitionId(partition)) ?? { epoch: 0n, generation: 0 };
        if (held.generation > owner.generation && held.epoch !== over) {
          const message = `generation ${held.generation} holds partition ${partition.partition}`;
          throw new InboxError('fenced', message, { held: held.epoch });
        }
        const epoch = held.epoch + 1n;
        owners.set(partitionId(partition), { epoch, generation: owner.generation });
        return epoch;
      },
      async handle(record, handler) {
        const [outcome] = await handleBatch([record], handler);
        if (outcome === undefined) throw new Error('a record without an outcome');
        return outcome;
      },
      handleBatch,
      async markDead(record) {
        alive();
        const unlock = await lock(locks, claimId(record));
        try {
          alive();
          fence(record);
          const known = recognise(record);
          if (known !== undefined) return known;
          claim(record, true);
          return { outcome: 'dead' };
        } finally {
          unlock();
        }
      },
      async expire() {
        for (const [id, { until }] of claims) if (until <= clock.now()) claims.delete(id);
      },
      close: async () => undefined,
      sever() {
        severed = true;
      },
    };
  };

  return {
    inbox,
    read: (place) => data.get(place)?.value,
    writes: (place) => data.get(place)?.writes ?? 0,
    places: () => [...data.keys()],
    parked: () => rows.all().map(itemOf),
  };
}

/** Resolves with the function that lets the next one in. */
async function lock(locks: Map<string, Promise<void>>, id: string): Promise<() => void> {
  const before = locks.get(id);
  let unlock: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    unlock = resolve;
  });
  const chain = (before ?? Promise.resolve()).then(() => held);
  locks.set(id, chain);
  chain.then(() => {
    if (locks.get(id) === chain) locks.delete(id);
  });
  await before;
  return unlock;
}

/** One after another, as an index is gone through: whoever wants the same ones in the same order waits for no circle. */
async function lockAll(locks: Map<string, Promise<void>>, ids: readonly string[]): Promise<() => void> {
  const held: (() => void)[] = [];
  for (const id of ids) held.push(await lock(locks, id));
  return () => {
    for (const unlock of held) unlock();
  };
}

function partitionId({ group, topic, partition }: InboxPartition): string {
  return JSON.stringify([group, topic, partition]);
}

function claimId(record: InboxRecord): string {
  return JSON.stringify([record.group, record.key]);
}

function placeOf(record: InboxRecord): string {
  return JSON.stringify([record.topic, record.partition, String(record.offset)]);
}

function hashOf(record: InboxRecord): string {
  return Buffer.from(record.payloadHash).toString('hex');
}
