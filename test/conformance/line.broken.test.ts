/** A suite that cannot fail proves nothing: each of these stores breaks one promise and must be caught. */
import { memoryStore } from '@tenet/runtime/memory';
import { expect, test } from 'vitest';
import type { Epoch } from '../../runtime/src/inbox/inbox.ts';
import type { Line } from '../../runtime/src/line/line.ts';
import type { Store } from '../../runtime/src/store.ts';
import { lineScenarios } from './line.suite.ts';
import { runScenario } from './suite.ts';

type Parts = Partial<Line>;

/** Names of the scenarios that a store with these parts of its line replaced does not pass. */
async function caught(
  alter: (line: Line) => Parts,
  among = lineScenarios,
  store: (store: Store) => Store = (one) => one,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const scenario of among) {
    const memory = memoryStore();
    const open = () => {
      const inner = memory.inbox();
      return store({ ...inner, line: { ...inner.line, ...alter(inner.line) } } as Store);
    };
    const rig = async () => ({ open, close: async () => undefined });
    await runScenario({ ...scenario, withinMs: 3000 }, rig, 300).catch(() => failed.push(scenario.name));
  }
  return failed;
}

test('a sound one is caught by nothing', async () => {
  expect(await caught(() => ({}))).toEqual([]);
});

/** Owners' calls as if their epoch were always the last one. */
const newest = new Map<string, Epoch>();
const unfenced = (line: Line, call: 'park' | 'page' | 'read' | 'bury' | 'evidenced' | 'settle'): Parts => ({
  [call]: (owner: Parameters<Line['read']>[0], ...rest: never[]) =>
    (line[call] as (...of: unknown[]) => Promise<unknown>)({ ...owner, epoch: newest.get(owner.group) }, ...rest),
});
const remembering = (store: Store): Store => ({
  ...store,
  takeOver: async (partition, owner, over) => {
    const epoch = await store.takeOver(partition, owner, over);
    newest.set(partition.group, epoch);
    return epoch;
  },
});
const fencing = lineScenarios.filter(({ name }) => name.endsWith('under an epoch that is over'));

test.each([
  ['park', ['parks nothing']],
  ['read', ['reads nothing of the line']],
  ['page', ['pages nothing', 'pages nothing, also of a key without rows']],
  ['bury', ['buries nothing', 'buries nothing new']],
  ['evidenced', ['speaks of no evidence']],
  ['settle', ['settles nothing']],
] as const)('one whose %s ignores the fence', async (call, names) => {
  expect(await caught((line) => unfenced(line, call), fencing, remembering)).toEqual(
    names.map((name) => `${name} under an epoch that is over`),
  );
});

test.each<readonly [string, (line: Line) => Parts, string]>([
  [
    'parks over what is there',
    (line) => ({
      park: async (owner, records) => {
        for (const { record } of records) await line.settle(owner, record.offset);
        await line.park(owner, records);
      },
    }),
    'parks a record once, however often it is asked to',
  ],
  [
    'loses headers that repeat',
    (line) => ({
      park: (owner, records) =>
        line.park(
          owner,
          records.map((one) => ({
            ...one,
            record: { ...one.record, headers: [...new Map(one.record.headers)] },
          })),
        ),
    }),
    'gives a record back as it was, byte for byte',
  ],
  [
    'parks a part of many',
    (line) => ({ park: (owner, records) => line.park(owner, records.slice(0, 200)) }),
    'parks many at once',
  ],
  [
    'pages without order',
    (line) => ({ page: async (...call) => (await line.page(...call)).toReversed() }),
    'reads the first rows of each key in offset order, and nothing that was discarded',
  ],
  [
    'pages the last rows',
    (line) => ({
      page: async (owner, keys, rows) => {
        const all = await line.page(owner, keys, 1000);
        return keys.flatMap((key) => all.filter(({ keyHash }) => keyHash === key).slice(-rows));
      },
    }),
    'reads the first rows of each key in offset order, and nothing that was discarded',
  ],
  [
    'forgets the rows before the offset',
    (line) => ({
      read: async (owner, from) => {
        const view = await line.read(owner, from);
        return { ...view, keys: view.keys.filter(({ first }) => first >= from) };
      },
    }),
    'tells a new owner everything that the old one parked',
  ],
  [
    'forgets whose evidence is owed',
    (line) => ({ read: async (...call) => ({ ...(await line.read(...call)), owed: [] }) }),
    'tells a new owner everything that the old one parked',
  ],
  [
    'takes a death told again for another one',
    (line) => ({ bury: (owner, dead) => line.bury(owner, { ...dead, deaths: dead.deaths + 7 }) }),
    'counts deaths up, and takes a repeated call for the same death',
  ],
  [
    'takes any evidence',
    (line) => ({
      evidenced: async (owner, offset) => {
        for (const deaths of [1, 2, 3, 4]) await line.evidenced(owner, offset, deaths);
      },
    }),
    'takes evidence for the death that it speaks of, and no other',
  ],
  [
    'says yes to every replay',
    (line) => ({ replay: async (place) => (await line.replay(place)) || true }),
    'replays what is dead, once, at its old place',
  ],
  [
    'says yes to every discard',
    (line) => ({ discard: async (place, why) => (await line.discard(place, why)) || true }),
    'discards what is dead, once, with name and reason and without its content',
  ],
  ['settles nothing', () => ({ settle: async () => undefined }), 'forgets what is settled'],
  [
    'sees nobody decide',
    (line) => ({ watch: async (...call) => ({ ...(await line.watch(...call)), decided: [] }) }),
    'tells what became of the dead, and of nothing else',
  ],
  [
    'lists everything at once',
    (line) => ({ list: ({ group }) => line.list({ ...(group === undefined ? {} : { group }), limit: 1000 }) }),
    'lists by group, topic, partition and offset, page by page, and nothing of what a record says',
  ],
  [
    'mixes partitions up',
    (line) => ({ read: (owner, from) => line.read({ ...owner, partition: 3 }, from) }),
    'keeps groups, topics and partitions apart',
  ],
])('one that %s', async (_what, alter, name) => {
  expect(await caught(alter)).toContain(name);
});

test('one that leaves the row where the effect is', async () => {
  const leaving = (store: Store): Store => ({
    ...store,
    handle: (record, handler) => store.handle({ ...record, parked: false }, handler),
  });
  const name = 'takes the row away in the transaction of the handler, and only with its effect';
  expect(await caught(() => ({}), lineScenarios, leaving)).toEqual([name]);
});

test('one that leaves the row of a batch where the effect is', async () => {
  const leaving = (store: Store): Store => ({
    ...store,
    handleBatch: (records, handler) =>
      store.handleBatch(
        records.map((record) => ({ ...record, parked: false })),
        handler,
      ),
  });
  const name = 'takes the row of a batch of one away in its transaction, and only with its effect';
  expect(await caught(() => ({}), lineScenarios, leaving)).toEqual([name]);
});

test('one that takes the row away before the effect', async () => {
  const hasty = (store: Store): Store => ({
    ...store,
    handle: async (record, handler) => {
      if (record.parked) await store.line?.settle(record, record.offset);
      return store.handle(record, handler);
    },
  });
  const name = 'takes the row away in the transaction of the handler, and only with its effect';
  expect(await caught(() => ({}), lineScenarios, hasty)).toEqual([name]);
});
