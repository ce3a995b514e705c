/**
 * What every store that parks must do for order to outlive a process (I3), for one owner at a time (I2).
 * `line.broken.test.ts` shows that each of these scenarios can fail.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { BrokerRecord } from '../../runtime/src/broker/broker.ts';
import type { Death } from '../../runtime/src/dead-letter/evidence.ts';
import { InboxError } from '../../runtime/src/inbox/inbox.ts';
import { recordDigest } from '../../runtime/src/line/key-hash.ts';
import type { DeadRecord, Line, LineOwner, LineRecord } from '../../runtime/src/line/line.ts';
import type { Store } from '../../runtime/src/store.ts';
import { registerSuite, type Scenario } from './suite.ts';

export interface LineRig<Tx = unknown> {
  /** A connection of its own to the same store, not connected yet. */
  open(): Store<Tx>;
  close(): Promise<void>;
}

export type LineScenario = Scenario<LineRig>;

export function lineSuite<Tx>(name: string, create: () => Promise<LineRig<Tx>>): void {
  describe(`${name} is a line`, () => {
    // Scenarios never look into a transaction.
    registerSuite(lineScenarios, create as () => Promise<LineRig>);
  });
}

const death: Death = {
  disposition: 'MAX_ATTEMPTS',
  errorClass: 'TypeError',
  message: 'no shelf \u0000 \ud800 "x"',
  stack: undefined,
  attempts: 3,
  firstFailureAt: 1_700_000_000_000,
  lastFailureAt: 1_700_000_001_000,
};
const decision = { by: 'ann', reason: 'a test order' };

interface Setup {
  readonly store: Store;
  readonly line: Line;
  readonly owner: LineOwner;
  /** Another connection that takes the partition over. */
  succeed(): Promise<{ readonly line: Line; readonly owner: LineOwner }>;
}

/** A connected store that owns a partition of a fresh group. */
async function setup(rig: LineRig): Promise<Setup> {
  const partition = { group: `group-${randomUUID()}`, topic: 'orders', partition: 3 };
  let generation = 0;
  const open = async () => {
    const store = rig.open();
    await store.connect();
    const { line } = store;
    if (line === undefined) throw new Error('the store has no line');
    generation += 1;
    const epoch = await store.takeOver(partition, { member: `m${generation}`, generation });
    return { store, line, owner: { ...partition, epoch } };
  };
  return { ...(await open()), succeed: open };
}

function record(offset: number, more: Partial<BrokerRecord> = {}): BrokerRecord {
  return {
    topic: 'orders',
    partition: 3,
    offset: BigInt(offset),
    timestamp: 1_700_000_000_000 + offset,
    key: Buffer.from('o-1'),
    value: Buffer.from(`{"n":${offset}}`),
    headers: [],
    ...more,
  };
}

const parked = (offset: number, keyHash = 7n): LineRecord => ({ record: record(offset), keyHash });
const dying = (offset: number, deaths = 1, keyHash = 7n): DeadRecord => ({ ...parked(offset, keyHash), deaths, death });
const at = (owner: LineOwner, offset: number) => ({ ...owner, offset: BigInt(offset) });

/** Offset and state of everything that stands in the owner's line. */
async function standing(line: Line, { group }: LineOwner): Promise<readonly string[]> {
  return (await line.list({ group })).map(({ offset, state, deaths }) => `${offset} ${state} ${deaths}`);
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    return `it resolved: ${await call}`;
  } catch (error) {
    return error instanceof InboxError ? error.reason : `not an InboxError: ${error}`;
  }
}

export const lineScenarios: readonly LineScenario[] = [
  {
    name: 'gives a record back as it was, byte for byte',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      const headers = [
        ['b', Buffer.from([0, 255])],
        ['a\u0000', Buffer.from('1')],
        ['b', Buffer.alloc(0)],
      ] as const;
      const records = [
        record(1, { headers, value: Buffer.from([0, 1, 2, 255]) }),
        record(2, { key: null, value: null }),
        record(3, { key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: -1 }),
        record(4, { value: Buffer.alloc(300_000, 7) }),
      ];
      await line.park(
        owner,
        records.map((one) => ({ record: one, keyHash: -9n })),
      );
      const rows = await line.page(owner, [-9n], 10);
      for (const [i, row] of rows.entries()) {
        expect({ ...row.record, key: bytes(row.record.key), value: bytes(row.record.value) }).toEqual({
          ...records[i],
          key: bytes(records[i]?.key),
          value: bytes(records[i]?.value),
          headers: (records[i]?.headers ?? []).map(([name, value]) => [name, Buffer.from(value)]),
        });
      }
      expect(rows.map(({ state, deaths }) => [state, deaths])).toEqual(records.map(() => ['waiting', 0]));
    },
  },
  {
    name: 'parks a record once, however often it is asked to',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.bury(owner, dying(1));
      await line.park(owner, [parked(1), parked(2)]);
      await line.park(owner, [parked(2), parked(3)]);
      expect(await standing(line, owner)).toEqual(['1 dead 1', '2 waiting 0', '3 waiting 0']);
    },
  },
  {
    name: 'parks many at once',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(
        owner,
        Array.from({ length: 300 }, (_, i) => parked(i, BigInt(i % 3))),
      );
      const { keys } = await line.read(owner, 0n);
      expect([...keys].sort((a, b) => Number(a.keyHash - b.keyHash))).toEqual(
        [0, 1, 2].map((i) => ({ keyHash: BigInt(i), rows: 100, first: BigInt(i) })),
      );
    },
  },
  {
    name: 'tells a new owner everything that the old one parked',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner, succeed } = await setup(rig);
      await line.park(owner, [parked(4), parked(5, 8n), parked(9, 8n), parked(11)]);
      await line.bury(owner, dying(3));
      await line.bury(owner, dying(8, 1, 10n));
      await line.bury(owner, dying(10, 2, 9n));
      await line.evidenced(owner, 10n, 2);
      await line.bury(owner, dying(12, 1, 11n));
      await line.evidenced(owner, 12n, 1);
      await line.discard(at(owner, 12), decision);
      const next = await succeed();
      const { keys, dead, marks, owed } = await next.line.read(next.owner, 8n);
      expect([...keys].sort((a, b) => Number(a.keyHash - b.keyHash))).toEqual([
        { keyHash: 7n, rows: 3, first: 3n },
        { keyHash: 8n, rows: 2, first: 5n },
        { keyHash: 9n, rows: 1, first: 10n },
        { keyHash: 10n, rows: 1, first: 8n },
      ]);
      expect(dead).toEqual([
        { keyHash: 7n, offset: 3n, deaths: 1 },
        { keyHash: 10n, offset: 8n, deaths: 1 },
        { keyHash: 9n, offset: 10n, deaths: 2 },
      ]);
      expect(marks.map(({ digest, ...mark }) => ({ ...mark, digest: bytes(digest) }))).toEqual(
        (
          [
            [8, 'dead', 1, death],
            [9, 'waiting', 0, undefined],
            [10, 'dead', 2, undefined],
            [11, 'waiting', 0, undefined],
            [12, 'discarded', 1, undefined],
          ] as const
        ).map(([offset, state, deaths, left]) => ({
          offset: BigInt(offset),
          state,
          deaths,
          owed: left,
          timestamp: record(offset).timestamp,
          digest: bytes(recordDigest(record(offset))),
        })),
      );
      expect(owed.map((one) => [one.record.offset, one.keyHash, one.deaths, one.death])).toEqual([[3n, 7n, 1, death]]);
      expect(owed.map((one) => bytes(one.record.value))).toEqual([bytes(record(3).value)]);
    },
  },
  {
    name: 'reads the first rows of each key in offset order, and nothing that was discarded',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(
        owner,
        [9, 2, 30, 4].map((offset) => parked(offset)),
      );
      await line.park(owner, [parked(3, 8n), parked(5, 9n)]);
      await line.bury(owner, dying(1));
      await line.evidenced(owner, 1n, 1);
      const offsets = async (keys: readonly bigint[], rows: number) =>
        (await line.page(owner, keys, rows)).map(({ keyHash, record: { offset }, state }) => [keyHash, offset, state]);
      expect(await offsets([7n], 2)).toEqual([
        [7n, 1n, 'dead'],
        [7n, 2n, 'waiting'],
      ]);
      await line.discard(at(owner, 1), decision);
      const both = await offsets([8n, 7n, 1000n], 3);
      expect(both.filter(([key]) => key === 7n).map(([, offset]) => offset)).toEqual([2n, 4n, 9n]);
      expect(both.filter(([key]) => key !== 7n)).toEqual([[8n, 3n, 'waiting']]);
    },
  },
  {
    name: 'counts deaths up, and takes a repeated call for the same death',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(owner, [parked(1)]);
      await line.bury(owner, dying(1, 1));
      await line.evidenced(owner, 1n, 1);
      await line.replay(at(owner, 1));
      // The answer to an earlier call was lost, and it is repeated late.
      await line.bury(owner, dying(1, 1));
      expect(await standing(line, owner)).toEqual(['1 ready 1']);
      await line.bury(owner, dying(1, 2));
      expect(await standing(line, owner)).toEqual(['1 dead 2']);
      const [item] = await line.list({ group: owner.group });
      expect([item?.evidence, item?.death]).toEqual([false, death]);
    },
  },
  {
    name: 'takes evidence for the death that it speaks of, and no other',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.bury(owner, dying(1, 2));
      await line.evidenced(owner, 1n, 1);
      expect((await line.read(owner, 5n)).owed).toHaveLength(1);
      expect(await line.replay(at(owner, 1))).toBe(false);
      await line.evidenced(owner, 1n, 2);
      expect((await line.read(owner, 5n)).owed).toEqual([]);
      expect(await line.replay(at(owner, 1))).toBe(true);
    },
  },
  {
    name: 'replays what is dead, once, at its old place',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(owner, [parked(2)]);
      await line.bury(owner, dying(1));
      expect(await line.replay(at(owner, 1))).toBe(false);
      await line.evidenced(owner, 1n, 1);
      expect(await line.replay(at(owner, 2))).toBe(false);
      expect(await line.replay(at(owner, 99))).toBe(false);
      expect(await line.replay({ ...at(owner, 1), partition: 4 })).toBe(false);
      expect([await line.replay(at(owner, 1)), await line.replay(at(owner, 1))]).toEqual([true, false]);
      expect(await line.discard(at(owner, 1), decision)).toBe(false);
      expect(await standing(line, owner)).toEqual(['1 ready 1', '2 waiting 0']);
      const [first] = await line.page(owner, [7n], 1);
      expect([first?.state, bytes(first?.record.value)]).toEqual(['ready', bytes(record(1).value)]);
    },
  },
  {
    name: 'discards what is dead, once, with name and reason and without its content',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(owner, [parked(2)]);
      await line.bury(owner, dying(1));
      expect(await line.discard(at(owner, 1), decision)).toBe(false);
      await line.evidenced(owner, 1n, 1);
      expect(await line.discard(at(owner, 2), decision)).toBe(false);
      const strange = { by: 'ann\u0000', reason: 'it is \u0000 null' };
      expect(await line.discard(at(owner, 1), strange)).toBe(true);
      expect(await line.discard(at(owner, 1), decision)).toBe(false);
      expect(await line.replay(at(owner, 1))).toBe(false);
      const [item] = await line.list({ group: owner.group, state: 'discarded' });
      expect(item).toMatchObject({ offset: 1n, state: 'discarded', decision: { by: expect.stringMatching(/^ann/) } });
      expect((await line.read(owner, 0n)).keys).toEqual([{ keyHash: 7n, rows: 1, first: 2n }]);
    },
  },
  {
    name: 'forgets what is settled',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(owner, [parked(1), parked(2)]);
      await line.settle(owner, 1n);
      await line.settle(owner, 1n);
      expect(await standing(line, owner)).toEqual(['2 waiting 0']);
    },
  },
  {
    name: 'takes the row away in the transaction of the handler, and only with its effect',
    withinMs: 20_000,
    async run(rig) {
      const { store, line, owner, succeed } = await setup(rig);
      await line.park(owner, [parked(1), parked(2), parked(3)]);
      const claim = (offset: number, key: string, isParked = true) => ({
        ...at(owner, offset),
        key,
        payloadHash: new Uint8Array(32),
        windowMs: 86_400_000,
        timeoutMs: 10_000,
        parked: isParked,
      });
      const failing = store.handle(claim(1, 'a'), async () => {
        throw new Error('no shelf');
      });
      await expect(failing).rejects.toThrow('no shelf');
      expect(await standing(line, owner)).toEqual(['1 waiting 0', '2 waiting 0', '3 waiting 0']);
      await store.handle(claim(1, 'a'), async () => undefined);
      await store.handle(claim(2, 'b', false), async () => undefined);
      expect(await standing(line, owner)).toEqual(['2 waiting 0', '3 waiting 0']);
      const overtaken = store.handle(claim(3, 'c'), async () => {
        await succeed();
      });
      expect(await reasonOf(overtaken)).toBe('fenced');
      expect(await standing(line, owner)).toEqual(['2 waiting 0', '3 waiting 0']);
    },
  },
  {
    name: 'takes the row of a batch of one away in its transaction, and only with its effect',
    withinMs: 20_000,
    async run(rig) {
      const { store, line, owner } = await setup(rig);
      await line.park(owner, [parked(1)]);
      const claim = {
        ...at(owner, 1),
        key: 'a',
        payloadHash: new Uint8Array(32),
        windowMs: 86_400_000,
        timeoutMs: 10_000,
        parked: true,
      };
      const failing = store.handleBatch([claim], async () => {
        throw new Error('no shelf');
      });
      await expect(failing).rejects.toThrow('no shelf');
      expect(await standing(line, owner)).toEqual(['1 waiting 0']);
      await store.handleBatch([claim], async () => undefined);
      expect(await standing(line, owner)).toEqual([]);
    },
  },
  ...fenced('parks nothing', (line, owner) => line.park(owner, [parked(5)])),
  ...fenced('reads nothing of the line', (line, owner) => line.read(owner, 0n)),
  ...fenced('pages nothing', (line, owner) => line.page(owner, [7n], 1)),
  ...fenced('pages nothing, also of a key without rows', (line, owner) => line.page(owner, [99n], 1)),
  ...fenced('buries nothing', (line, owner) => line.bury(owner, dying(1, 2))),
  ...fenced('buries nothing new', (line, owner) => line.bury(owner, dying(6))),
  ...fenced('speaks of no evidence', (line, owner) => line.evidenced(owner, 2n, 1)),
  ...fenced('settles nothing', (line, owner) => line.settle(owner, 1n)),
  {
    name: 'tells what became of the dead, and of nothing else',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      expect(await line.watch(owner, [])).toEqual({ decided: [], oldest: undefined });
      for (const offset of [1, 2, 3, 4]) {
        await line.bury(owner, dying(offset, offset));
        await line.evidenced(owner, BigInt(offset), offset);
      }
      await line.park(owner, [parked(7)]);
      expect(await line.watch(owner, [1n, 2n, 3n, 4n])).toEqual({ decided: [], oldest: record(1).timestamp });
      await line.replay(at(owner, 2));
      await line.discard(at(owner, 1), decision);
      await line.settle(owner, 4n);
      const { decided, oldest } = await line.watch(owner, [1n, 2n, 3n, 4n]);
      expect([...decided].sort((a, b) => Number(a.offset - b.offset))).toEqual([
        { offset: 1n, deaths: 1, state: 'discarded' },
        { offset: 2n, deaths: 2, state: 'ready' },
        { offset: 4n, deaths: 0, state: 'discarded' },
      ]);
      expect(oldest).toBe(record(2).timestamp);
    },
  },
  {
    name: 'lists by group, topic, partition and offset, page by page, and nothing of what a record says',
    withinMs: 20_000,
    async run(rig) {
      const { line, owner } = await setup(rig);
      await line.park(owner, [parked(10), parked(9), parked(100)]);
      await line.bury(owner, dying(11));
      const query = { group: owner.group };
      const all = await line.list(query);
      expect(all.map(({ offset }) => offset)).toEqual([9n, 10n, 11n, 100n]);
      expect(await line.list({ ...query, topic: 'others' })).toEqual([]);
      expect((await line.list({ ...query, state: 'dead' })).map(({ offset }) => offset)).toEqual([11n]);
      const [first, second] = await line.list({ ...query, limit: 2 });
      expect([first, second]).toEqual(all.slice(0, 2));
      if (second === undefined) throw new Error('no second row');
      expect(await line.list({ ...query, after: second })).toEqual(all.slice(2));
      const dead = all[2];
      expect({ ...dead, since: 0 }).toEqual({
        ...{ group: owner.group, topic: 'orders', partition: 3, offset: 11n, since: 0 },
        ...{ state: 'dead', deaths: 1, timestamp: record(11).timestamp, death, evidence: false, decision: undefined },
      });
      expect(Math.abs((dead?.since ?? 0) - Date.now())).toBeLessThan(600_000);
    },
  },
  {
    name: 'keeps groups, topics and partitions apart',
    withinMs: 20_000,
    async run(rig) {
      const { store, line, owner } = await setup(rig);
      await line.park(owner, [parked(1)]);
      for (const other of [
        { ...owner, group: `${owner.group}-2` },
        { ...owner, topic: 'others' },
        { ...owner, partition: 4 },
      ]) {
        const epoch = await store.takeOver(other, { member: 'm', generation: 1 });
        const elsewhere = { ...other, epoch };
        expect(await line.read(elsewhere, 0n)).toEqual({ keys: [], dead: [], marks: [], owed: [] });
        expect(await line.page(elsewhere, [7n], 5)).toEqual([]);
        await line.settle(elsewhere, 1n);
      }
      expect(await standing(line, owner)).toEqual(['1 waiting 0']);
    },
  },
];

/** Under an epoch that is over, the call fails and changes nothing. */
function fenced(what: string, call: (line: Line, owner: LineOwner) => Promise<unknown>): readonly LineScenario[] {
  return [
    {
      name: `${what} under an epoch that is over`,
      withinMs: 20_000,
      async run(rig) {
        const { line, owner, succeed } = await setup(rig);
        await line.park(owner, [parked(1)]);
        await line.bury(owner, dying(2));
        const before = await line.list({ group: owner.group });
        const next = await succeed();
        expect(await reasonOf(call(line, owner))).toBe('fenced');
        expect(await line.list({ group: owner.group })).toEqual(before);
        await call(next.line, next.owner);
      },
    },
  ];
}

function bytes(value: Uint8Array | null | undefined): string | null | undefined {
  return value === null || value === undefined ? value : Buffer.from(value).toString('hex');
}
