/**
 * What every inbox adapter must do for an effect to happen once (I4) and under its owner only (I2).
 * `inbox.broken.test.ts` shows that each of these scenarios can fail.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import {
  type Epoch,
  type Inbox,
  InboxError,
  type InboxOwner,
  type InboxRecord,
} from '../../runtime/src/inbox/inbox.ts';
import { registerSuite, type Scenario } from './suite.ts';

export interface InboxRig<Tx> {
  /** A connection of its own to the same store, not connected yet. */
  open(): Inbox<Tx>;
  /** Applies an effect at that place through the handler's transaction. */
  effect(tx: Tx, place: string): Promise<void>;
  /** How often committed transactions applied it. */
  effects(place: string): Promise<number>;
  close(): Promise<void>;
}

export type InboxScenario = Scenario<InboxRig<unknown>>;

export function inboxSuite<Tx>(name: string, create: () => Promise<InboxRig<Tx>>): void {
  describe(`${name} is an inbox`, () => {
    registerSuite(inboxScenarios, async () => erased(await create()));
  });
}

/** Scenarios hand a transaction back to the rig it came from, and look at nothing in it. */
export function erased<Tx>(rig: InboxRig<Tx>): InboxRig<unknown> {
  return { ...rig, open: () => rig.open() as Inbox<unknown>, effect: (tx, place) => rig.effect(tx as Tx, place) };
}

const day = 86_400_000;
const fresh = (what: string) => `${what}-${randomUUID().slice(0, 8)}`;
const hash = (text: string) => new Uint8Array(32).fill(text.length + (text.codePointAt(0) ?? 0));

interface Setup {
  readonly inbox: Inbox<unknown>;
  readonly record: InboxRecord;
  readonly place: string;
  readonly apply: (tx: unknown) => Promise<void>;
}

/** A connected inbox that owns a partition of a fresh group, a record of it, and its effect. */
async function setup(rig: InboxRig<unknown>, more: Partial<InboxRecord> = {}): Promise<Setup> {
  const inbox = rig.open();
  await inbox.connect();
  const group = fresh('group');
  const partition = { group, topic: 'orders', partition: 0 };
  const epoch = await inbox.takeOver(partition, { member: 'one', generation: 1 });
  const place = fresh('effect');
  const record: InboxRecord = {
    ...partition,
    offset: 10n,
    epoch,
    key: fresh('key'),
    payloadHash: hash('a'),
    windowMs: day,
    timeoutMs: 10_000,
    parked: false,
    ...more,
  };
  return { inbox, record, place, apply: (tx) => rig.effect(tx, place) };
}

/** Records of the same partition with keys of their own, at the offsets from the record's on. */
function batchOf(record: InboxRecord, size: number): readonly InboxRecord[] {
  return Array.from({ length: size }, (_, i) => ({
    ...record,
    offset: record.offset + BigInt(i),
    key: `${record.key}/${i}`,
  }));
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    return `it resolved: ${JSON.stringify(await call)}`;
  } catch (error) {
    return error instanceof InboxError ? error.reason : `not an InboxError: ${error}`;
  }
}

const never = async () => {
  throw new Error('the handler must not run');
};

export const inboxScenarios: readonly InboxScenario[] = [
  {
    name: 'commits effect and key together, and recognises the key afterwards',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      expect(await inbox.handle(record, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
      expect(await inbox.handle(record, never)).toEqual({ outcome: 'duplicate', mismatch: false });
      expect(await inbox.handle({ ...record, partition: 0, offset: 11n }, never)).toEqual({
        outcome: 'duplicate',
        mismatch: false,
      });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'recognises the key over another connection, and in another partition',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, apply } = await setup(rig);
      await inbox.handle(record, apply);
      const other = rig.open();
      await other.connect();
      const moved = { group: record.group, topic: record.topic, partition: 1 };
      const epoch = await other.takeOver(moved, { member: 'two', generation: 1 });
      expect(await other.handle({ ...record, ...moved, epoch, offset: 3n }, never)).toMatchObject({
        outcome: 'duplicate',
      });
    },
  },
  {
    name: 'keeps groups apart',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      await inbox.handle(record, apply);
      const group = fresh('other');
      const epoch = await inbox.takeOver({ ...record, group }, { member: 'one', generation: 1 });
      expect(await inbox.handle({ ...record, group, epoch }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(2);
    },
  },
  {
    name: 'reports the same key with another payload',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, apply } = await setup(rig);
      await inbox.handle(record, apply);
      const other = { ...record, offset: 11n, payloadHash: hash('b') };
      expect(await inbox.handle(other, never)).toEqual({ outcome: 'duplicate', mismatch: true });
    },
  },
  {
    name: 'rethrows the error of the handler untouched and leaves neither effect nor key',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const thrown = Object.assign(new Error('no shelf'), { shelf: 7 });
      const failing = inbox.handle(record, async (tx) => {
        await apply(tx);
        throw thrown;
      });
      await expect(failing).rejects.toBe(thrown);
      expect(await rig.effects(place)).toBe(0);
      expect(await inbox.handle(record, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'lets one of two concurrent owners of a key through, and the other see a duplicate',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const slow = async (tx: unknown) => {
        await apply(tx);
        await new Promise((resolve) => setTimeout(resolve, 100));
      };
      const outcomes = await Promise.all([
        inbox.handle(record, slow),
        inbox.handle({ ...record, offset: 11n }, slow),
        inbox.handle({ ...record, offset: 12n }, slow),
      ]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['duplicate', 'duplicate', 'handled']);
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'lets the second one in when the first one rolls back',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const claimed = Promise.withResolvers<void>();
      const failing = inbox.handle(record, async (tx) => {
        await apply(tx);
        claimed.resolve();
        await new Promise((resolve) => setTimeout(resolve, 100));
        throw new Error('rolled back');
      });
      await claimed.promise;
      const second = inbox.handle({ ...record, offset: 11n }, apply);
      await expect(failing).rejects.toThrow('rolled back');
      expect(await second).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'raises epochs, and only for later generations',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record } = await setup(rig);
      const second = await inbox.takeOver(record, { member: 'two', generation: 2 });
      expect(second).toBeGreaterThan(record.epoch);
      const third: Epoch = await inbox.takeOver(record, { member: 'three', generation: 3 });
      expect(third).toBeGreaterThan(second);
      expect(await reasonOf(inbox.takeOver(record, { member: 'one', generation: 1 }))).toBe('fenced');
    },
  },
  {
    name: 'raises over a later generation only for whoever saw the epoch that is held now',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const held = await inbox.takeOver(record, { member: 'two', generation: 7 });
      const early: InboxOwner = { member: 'again', generation: 1 };
      const refused = await inbox.takeOver(record, early).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'InboxError', reason: 'fenced', held });
      expect(await reasonOf(inbox.takeOver(record, early, record.epoch))).toBe('fenced');
      const epoch = await inbox.takeOver(record, early, held);
      expect(epoch).toBeGreaterThan(held);
      // The one that was just as sure, and slower.
      expect(await reasonOf(inbox.takeOver(record, { member: 'late', generation: 0 }, held))).toBe('fenced');
      expect(await reasonOf(inbox.handle({ ...record, epoch: held }, apply))).toBe('fenced');
      expect(await inbox.handle({ ...record, epoch }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'fences an owner whose epoch is over',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const epoch = await inbox.takeOver(record, { member: 'two', generation: 2 });
      expect(await reasonOf(inbox.handle(record, apply))).toBe('fenced');
      expect(await rig.effects(place)).toBe(0);
      expect(await inbox.handle({ ...record, epoch }, apply)).toEqual({ outcome: 'handled' });
    },
  },
  {
    name: 'fences an owner whose epoch is over also where it would find a duplicate',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, apply } = await setup(rig);
      await inbox.handle(record, apply);
      await inbox.takeOver(record, { member: 'two', generation: 2 });
      expect(await reasonOf(inbox.handle({ ...record, offset: 11n }, never))).toBe('fenced');
      expect(await reasonOf(inbox.markDead(record))).toBe('fenced');
    },
  },
  {
    name: 'fences an owner whose epoch ends while its handler runs',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const successor = rig.open();
      await successor.connect();
      let epoch: Epoch = 0n;
      const overtaken = inbox.handle(record, async (tx) => {
        await apply(tx);
        epoch = await successor.takeOver(record, { member: 'two', generation: 2 });
      });
      expect(await reasonOf(overtaken)).toBe('fenced');
      expect(await rig.effects(place)).toBe(0);
      expect(await successor.handle({ ...record, epoch }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'gives a transaction up that takes too long, effect and all',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig, { timeoutMs: 300 });
      let ended: () => void = () => undefined;
      const end = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const slow = inbox.handle(record, async (tx) => {
        await apply(tx);
        await end;
      });
      expect(await reasonOf(slow)).toBe('timeout');
      ended();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await rig.effects(place)).toBe(0);
      expect(await inbox.handle({ ...record, timeoutMs: 10_000 }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
  {
    name: 'remembers the dead: the same record is told again, any other one is a duplicate',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record } = await setup(rig);
      expect(await inbox.markDead(record)).toEqual({ outcome: 'dead' });
      expect(await inbox.markDead(record)).toEqual({ outcome: 'dead' });
      expect(await inbox.handle(record, never)).toEqual({ outcome: 'dead' });
      const other = { ...record, offset: 11n };
      expect(await inbox.handle(other, never)).toEqual({ outcome: 'duplicate', mismatch: false });
      expect(await inbox.markDead(other)).toEqual({ outcome: 'duplicate', mismatch: false });
    },
  },
  {
    name: 'marks nothing dead that was handled, and nothing under an epoch that is over',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, apply } = await setup(rig);
      await inbox.handle(record, apply);
      expect(await inbox.markDead(record)).toEqual({ outcome: 'duplicate', mismatch: false });
      const untouched = { ...record, key: fresh('key') };
      const epoch = await inbox.takeOver(record, { member: 'two', generation: 2 });
      expect(await reasonOf(inbox.markDead(untouched))).toBe('fenced');
      expect(await inbox.handle({ ...untouched, epoch }, apply)).toEqual({ outcome: 'handled' });
    },
  },
  {
    name: 'expires no key whose window is not over',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, apply } = await setup(rig);
      await inbox.handle(record, apply);
      await inbox.expire();
      expect(await inbox.handle(record, never)).toMatchObject({ outcome: 'duplicate' });
    },
  },
  {
    name: 'takes any text for a key',
    withinMs: 20_000,
    async run(rig) {
      const keys = ["'; drop table inbox; --", 'a\u0000b', '\ud800', '["a",1]', 'ü'.repeat(5000), '', ' ', '__proto__'];
      const { inbox, record, place, apply } = await setup(rig);
      for (const key of keys) expect(await inbox.handle({ ...record, key }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(keys.length);
      for (const key of keys)
        expect(await inbox.handle({ ...record, key }, never)).toMatchObject({ outcome: 'duplicate' });
    },
  },
  {
    name: 'commits the effects and keys of a batch together, and recognises each of them afterwards',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place } = await setup(rig);
      const batch = batchOf(record, 3);
      const told: unknown[] = [];
      const outcomes = await inbox.handleBatch(batch, async (tx, before) => {
        told.push(before);
        for (const { key } of batch) await rig.effect(tx, `${place}/${key}`);
      });
      const handled = batch.map(() => ({ outcome: 'handled' }));
      expect([outcomes, told]).toEqual([handled, [handled]]);
      for (const { key } of batch) expect(await rig.effects(`${place}/${key}`)).toBe(1);
      for (const one of batch)
        expect(await inbox.handle(one, never)).toEqual({ outcome: 'duplicate', mismatch: false });
      expect(await inbox.handleBatch(batch, never)).toEqual(
        batch.map(() => ({ outcome: 'duplicate', mismatch: false })),
      );
    },
  },
  {
    name: 'tells the handler of a batch which of its records were known: duplicates, other payloads, the dead',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const [duplicate, mismatch, dead, other, free] = batchOf(record, 5);
      if (!duplicate || !mismatch || !dead || !other || !free) throw new Error('five records');
      await inbox.handle({ ...duplicate, offset: 1n }, async () => undefined);
      await inbox.handle({ ...mismatch, offset: 2n, payloadHash: hash('b') }, async () => undefined);
      await inbox.markDead(dead);
      await inbox.markDead({ ...other, offset: 3n });
      const known = [
        { outcome: 'duplicate', mismatch: false },
        { outcome: 'duplicate', mismatch: true },
        { outcome: 'dead' },
        { outcome: 'duplicate', mismatch: false },
        { outcome: 'handled' },
      ];
      const told: unknown[] = [];
      const outcomes = await inbox.handleBatch([duplicate, mismatch, dead, other, free], async (tx, before) => {
        told.push(before);
        await apply(tx);
      });
      expect([outcomes, told]).toEqual([known, [known]]);
      expect(await rig.effects(place)).toBe(1);
      expect(await inbox.handle(dead, never)).toEqual({ outcome: 'dead' });
    },
  },
  {
    name: 'leaves nothing of a batch whose handler throws',
    withinMs: 20_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const batch = batchOf(record, 3);
      const thrown = new Error('no shelf');
      const failing = inbox.handleBatch(batch, async (tx) => {
        await apply(tx);
        throw thrown;
      });
      await expect(failing).rejects.toBe(thrown);
      expect(await rig.effects(place)).toBe(0);
      for (const one of batch) expect(await inbox.handle(one, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(3);
    },
  },
  {
    name: 'fences a batch whose epoch ends while its handler runs, and one that knows all of its records',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      const [known, ...batch] = batchOf(record, 3);
      if (known === undefined) throw new Error('three records');
      await inbox.handle(known, async () => undefined);
      const overtaken = inbox.handleBatch(batch, async (tx) => {
        await apply(tx);
        await inbox.takeOver(record, { member: 'two', generation: 2 });
      });
      expect(await reasonOf(overtaken)).toBe('fenced');
      expect(await rig.effects(place)).toBe(0);
      expect(await reasonOf(inbox.handleBatch([known], never))).toBe('fenced');
    },
  },
  {
    name: 'ends batches of hundreds of keys that share them in opposite orders, each key handled once',
    withinMs: 60_000,
    async run(rig) {
      const { inbox, record, place } = await setup(rig);
      const batch = batchOf(record, 250);
      const backwards = [...batch].reverse();
      const others = batch.filter((_, i) => i % 3 === 0);
      const runs = Array.from({ length: 8 }, (_, i) => [batch, backwards, others][i % 3] ?? batch);
      await Promise.all(
        runs.map((records) =>
          inbox.handleBatch(records, async (tx, outcomes) => {
            for (const [i, { outcome }] of outcomes.entries()) {
              if (outcome === 'handled') await rig.effect(tx, `${place}/${records[i]?.key}`);
            }
          }),
        ),
      );
      for (const { key } of batch) expect([key, await rig.effects(`${place}/${key}`)]).toEqual([key, 1]);
    },
  },
  {
    name: 'gives a batch up that takes too long, effects and all',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig, { timeoutMs: 300 });
      const batch = batchOf(record, 2);
      const ended = Promise.withResolvers<void>();
      const slow = inbox.handleBatch(batch, async (tx) => {
        await apply(tx);
        await ended.promise;
      });
      expect(await reasonOf(slow)).toBe('timeout');
      ended.resolve();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await rig.effects(place)).toBe(0);
      for (const one of batch) expect(await inbox.handle(one, apply)).toEqual({ outcome: 'handled' });
    },
  },
  {
    name: 'is torn apart in the middle of a handler without leaving an effect',
    withinMs: 30_000,
    async run(rig) {
      const { inbox, record, place, apply } = await setup(rig);
      if (inbox.sever === undefined) return;
      const torn = inbox.handle(record, async (tx) => {
        await apply(tx);
        inbox.sever?.();
        await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await expect(torn).rejects.toThrow();
      expect(await rig.effects(place)).toBe(0);
      const successor = rig.open();
      await successor.connect();
      const epoch = await successor.takeOver(record, { member: 'two', generation: 2 });
      expect(await successor.handle({ ...record, epoch }, apply)).toEqual({ outcome: 'handled' });
      expect(await rig.effects(place)).toBe(1);
    },
  },
];
