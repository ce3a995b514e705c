/** The line in memory, for tests and demos: rows and rules as the PostgreSQL adapter has them, in a map. */
import type { Clock } from '../clock.ts';
import type { Death } from '../dead-letter/evidence.ts';
import type { InboxPartition } from '../inbox/inbox.ts';
import { recordDigest } from './key-hash.ts';
import type { Decision, Line, LineItem, LineOwner, LinePlace, LineRecord, LineState } from './line.ts';

interface Row extends LineRecord {
  readonly place: LinePlace;
  readonly digest: Uint8Array;
  readonly since: number;
  state: LineState;
  deaths: number;
  death: Death | undefined;
  evidence: boolean;
  decision: Decision | undefined;
}

/** What the connections of one store share. */
export class MemoryRows {
  readonly #rows = new Map<string, Row>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(place: LinePlace): Row | undefined {
    return this.#rows.get(idOf(place));
  }

  add(owner: InboxPartition, { record, keyHash }: LineRecord, state: LineState): Row {
    const place = { group: owner.group, topic: owner.topic, partition: owner.partition, offset: record.offset };
    const row: Row = {
      place,
      record,
      keyHash,
      digest: recordDigest(record),
      since: this.#clock.now(),
      state,
      deaths: 0,
      death: undefined,
      evidence: false,
      decision: undefined,
    };
    this.#rows.set(idOf(place), row);
    return row;
  }

  delete(place: LinePlace): void {
    this.#rows.delete(idOf(place));
  }

  /** By partition and offset. */
  all(): Row[] {
    return [...this.#rows.values()].sort((a, b) => order(a.place, b.place));
  }

  of({ group, topic, partition }: InboxPartition): Row[] {
    return this.all().filter(
      ({ place }) => place.group === group && place.topic === topic && place.partition === partition,
    );
  }
}

/** `fence` throws when the epoch is over; `reach` resolves when the connection stands, else rejects. */
export function memoryLine(rows: MemoryRows, fence: (owner: LineOwner) => void, reach: () => Promise<void>): Line {
  const owned = async (owner: LineOwner) => {
    await reach();
    fence(owner);
  };
  const decide = (place: LinePlace, alter: (row: Row) => void): boolean => {
    const row = rows.get(place);
    if (row === undefined || row.state !== 'dead' || !row.evidence) return false;
    alter(row);
    return true;
  };
  return {
    async read(owner, from) {
      await owned(owner);
      const all = rows.of(owner);
      const live = all.filter(({ state }) => state !== 'discarded');
      const keys = new Map<bigint, { keyHash: bigint; rows: number; first: bigint }>();
      for (const { keyHash, place } of live) {
        const key = keys.get(keyHash);
        if (key === undefined) keys.set(keyHash, { keyHash, rows: 1, first: place.offset });
        else key.rows += 1;
      }
      return {
        keys: [...keys.values()],
        dead: live
          .filter(({ state }) => state === 'dead')
          .map(({ keyHash, place, deaths }) => ({ keyHash, offset: place.offset, deaths })),
        marks: all
          .filter(({ place }) => place.offset >= from)
          .map(({ place, state, deaths, record, digest, ...row }) => ({
            offset: place.offset,
            state,
            deaths,
            owed: owedOf({ state, ...row }),
            timestamp: record.timestamp,
            digest,
          })),
        owed: live.flatMap((row) => {
          const death = row.place.offset < from ? owedOf(row) : undefined;
          const { record, keyHash, deaths } = row;
          return death === undefined ? [] : [{ record, keyHash, deaths, death }];
        }),
      };
    },
    async park(owner, records) {
      await owned(owner);
      for (const one of records) {
        if (rows.get({ ...owner, offset: one.record.offset }) === undefined) rows.add(owner, one, 'waiting');
      }
    },
    async page(owner, keyHashes, rowsPerKey) {
      await owned(owner);
      const live = rows.of(owner).filter(({ state }) => state !== 'discarded');
      return keyHashes.flatMap((wanted) =>
        live
          .filter(({ keyHash }) => keyHash === wanted)
          .slice(0, rowsPerKey)
          .map(({ record, keyHash, state, deaths }) => ({
            record,
            keyHash,
            state: state === 'discarded' ? 'dead' : state,
            deaths,
          })),
      );
    },
    async bury(owner, dead) {
      await owned(owner);
      const row = rows.get({ ...owner, offset: dead.record.offset }) ?? rows.add(owner, dead, 'dead');
      if (row.deaths >= dead.deaths) return;
      Object.assign(row, { state: 'dead', deaths: dead.deaths, death: dead.death, evidence: false });
    },
    async evidenced(owner, offset, deaths) {
      await owned(owner);
      const row = rows.get({ ...owner, offset });
      if (row?.deaths === deaths) row.evidence = true;
    },
    async settle(owner, offset) {
      await owned(owner);
      rows.delete({ ...owner, offset });
    },
    async watch(partition, dead) {
      await reach();
      const live = rows.of(partition).filter(({ state }) => state !== 'discarded');
      return {
        decided: dead.flatMap((offset) => {
          const row = rows.get({ ...partition, offset });
          if (row?.state === 'dead') return [];
          const state = row?.state === 'ready' ? 'ready' : 'discarded';
          return [{ offset, deaths: row?.deaths ?? 0, state }];
        }),
        oldest: live[0]?.record.timestamp,
      };
    },
    async list({ group, topic, state, after, limit = 100 }) {
      await reach();
      return rows
        .all()
        .filter(
          (row) =>
            (group === undefined || row.place.group === group) &&
            (topic === undefined || row.place.topic === topic) &&
            (state === undefined || row.state === state) &&
            (after === undefined || order(row.place, after) > 0),
        )
        .slice(0, limit)
        .map(itemOf);
    },
    async replay(place) {
      await reach();
      return decide(place, (row) => {
        row.state = 'ready';
      });
    },
    async discard(place, decision) {
      await reach();
      return decide(place, (row) => {
        const record = { ...row.record, key: null, value: null, headers: [] };
        Object.assign(row, { state: 'discarded', decision, record });
      });
    },
  };
}

function owedOf({ state, evidence, death }: Pick<Row, 'state' | 'evidence' | 'death'>): Death | undefined {
  return state === 'dead' && !evidence ? death : undefined;
}

export function itemOf({ place, state, deaths, record, since, death, evidence, decision }: Row): LineItem {
  return { ...place, state, deaths, timestamp: record.timestamp, since, death, evidence, decision };
}

function idOf({ group, topic, partition, offset }: LinePlace): string {
  return JSON.stringify([group, topic, partition, String(offset)]);
}

function order(a: LinePlace, b: LinePlace): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  if (a.partition !== b.partition) return a.partition - b.partition;
  return a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0;
}
