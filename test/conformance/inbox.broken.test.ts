/** A suite that cannot fail proves nothing: each of these stores breaks one promise and must be caught. */
import type { MemoryTransaction } from '@tenet/runtime/memory';
import { describe, expect, test } from 'vitest';
import { type Inbox, InboxError, type InboxOutcome } from '../../runtime/src/inbox/inbox.ts';
import { erased, inboxScenarios } from './inbox.suite.ts';
import { memoryInboxRig } from './memory-rigs.ts';
import { runScenario } from './suite.ts';

type Break = (inbox: Inbox<MemoryTransaction>) => Inbox<MemoryTransaction>;

/** Whether the scenario of that name fails. */
async function caught(name: string, alter: Break): Promise<boolean> {
  const scenario = inboxScenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  try {
    await runScenario({ ...scenario, withinMs: 3000 }, async () => erased(memoryInboxRig(alter)), 300);
    return false;
  } catch {
    return true;
  }
}

/** Methods that the memory inbox does not share by prototype; a copy with some replaced. */
const altered = (inbox: Inbox<MemoryTransaction>, parts: Partial<Inbox<MemoryTransaction>>) => ({ ...inbox, ...parts });

test('a sound one is caught by nothing', async () => {
  for (const { name } of inboxScenarios) expect([name, await caught(name, (inbox) => inbox)]).toEqual([name, false]);
});

test('one that forgets the claim', async () => {
  let calls = 0;
  const forgetful: Break = (inbox) =>
    altered(inbox, {
      handle: (record, handler) => {
        calls += 1;
        return inbox.handle({ ...record, key: `${record.key}#${calls}` }, handler);
      },
    });
  expect(await caught('commits effect and key together, and recognises the key afterwards', forgetful)).toBe(true);
});

test('one that commits without the handler', async () => {
  const skipping: Break = (inbox) =>
    altered(inbox, { handle: (record) => inbox.handle(record, async () => undefined) });
  expect(await caught('commits effect and key together, and recognises the key afterwards', skipping)).toBe(true);
});

test('one that commits although the handler failed', async () => {
  const stubborn: Break = (inbox) =>
    altered(inbox, {
      handle: async (record, handler) => {
        let thrown: unknown;
        const outcome = await inbox.handle(record, async (tx) => {
          await handler(tx).catch((error: unknown) => {
            thrown = error;
          });
        });
        if (thrown !== undefined) throw thrown;
        return outcome;
      },
    });
  expect(await caught('rethrows the error of the handler untouched and leaves neither effect nor key', stubborn)).toBe(
    true,
  );
});

test('one that ignores the fence', async () => {
  const lax: Break = (inbox) => {
    let epoch = 0n;
    return altered(inbox, {
      takeOver: async (partition, owner) => {
        epoch = await inbox.takeOver(partition, owner);
        return epoch;
      },
      handle: (record, handler) => inbox.handle({ ...record, epoch }, handler),
    });
  };
  expect(await caught('fences an owner whose epoch is over', lax)).toBe(true);
});

test('one that checks the fence before the handler and not after it', async () => {
  const early: Break = (inbox) =>
    altered(inbox, {
      handle: async (record, handler) => {
        try {
          return await inbox.handle(record, handler);
        } catch (error) {
          if (!(error instanceof InboxError) || error.reason !== 'fenced') throw error;
          return { outcome: 'handled' };
        }
      },
    });
  expect(await caught('fences an owner whose epoch ends while its handler runs', early)).toBe(true);
});

test('one that lets an earlier generation take over', async () => {
  const open: Break = (inbox) =>
    altered(inbox, { takeOver: (partition, owner) => inbox.takeOver(partition, { ...owner, generation: 9 }) });
  expect(await caught('raises epochs, and only for later generations', open)).toBe(true);
});

test('one that forgets what a take-over may raise over', async () => {
  const name = 'raises over a later generation only for whoever saw the epoch that is held now';
  const deaf: Break = (inbox) => altered(inbox, { takeOver: (partition, owner) => inbox.takeOver(partition, owner) });
  const credulous: Break = (inbox) =>
    altered(inbox, {
      takeOver: (partition, owner, over) =>
        inbox.takeOver(partition, over === undefined ? owner : { ...owner, generation: 99 }),
    });
  expect([await caught(name, deaf), await caught(name, credulous)]).toEqual([true, true]);
});

test('one that takes the dead for duplicates', async () => {
  const careless: Break = (inbox) =>
    altered(inbox, {
      handle: async (record, handler) => {
        const outcome = await inbox.handle(record, handler);
        return outcome.outcome === 'dead' ? { outcome: 'duplicate', mismatch: false } : outcome;
      },
    });
  expect(
    await caught('remembers the dead: the same record is told again, any other one is a duplicate', careless),
  ).toBe(true);
});

test('one that never notices another payload', async () => {
  const blind: Break = (inbox) =>
    altered(inbox, {
      handle: (record, handler) => inbox.handle({ ...record, payloadHash: new Uint8Array(32) }, handler),
    });
  expect(await caught('reports the same key with another payload', blind)).toBe(true);
});

test('one without a time limit', async () => {
  const patient: Break = (inbox) =>
    altered(inbox, { handle: (record, handler) => inbox.handle({ ...record, timeoutMs: 60_000 }, handler) });
  expect(await caught('gives a transaction up that takes too long, effect and all', patient)).toBe(true);
}, 30_000);

describe('batches', () => {
  test('one that claims singly, in the order of the records', async () => {
    const greedy: Break = (inbox) =>
      altered(inbox, {
        handleBatch: async (records, handler) => {
          const nested = async (tx: MemoryTransaction, index: number): Promise<readonly InboxOutcome[]> => {
            const record = records[index];
            if (record === undefined) {
              await handler(
                tx,
                records.map((): InboxOutcome => ({ outcome: 'handled' })),
              );
              return [];
            }
            await inbox.handle(record, (inner) => nested(inner, index + 1));
            return records.map(() => ({ outcome: 'handled' }));
          };
          return nested({ write: () => undefined, read: () => undefined }, 0);
        },
      });
    const name = 'ends batches of hundreds of keys that share them in opposite orders, each key handled once';
    expect(await caught(name, greedy)).toBe(true);
  });

  test('one that keeps what it claimed before the handler failed', async () => {
    const hoarding: Break = (inbox) =>
      altered(inbox, {
        handleBatch: async (records, handler) => {
          const [first, ...others] = records;
          if (first !== undefined) await inbox.handle(first, async () => undefined);
          return inbox.handleBatch(others, handler);
        },
      });
    expect(await caught('leaves nothing of a batch whose handler throws', hoarding)).toBe(true);
  });

  test('one that tells the handler nothing of what is known', async () => {
    const silent: Break = (inbox) =>
      altered(inbox, {
        handleBatch: (records, handler) =>
          inbox.handleBatch(records, (tx) =>
            handler(
              tx,
              records.map((): InboxOutcome => ({ outcome: 'handled' })),
            ),
          ),
      });
    const name = 'tells the handler of a batch which of its records were known: duplicates, other payloads, the dead';
    expect(await caught(name, silent)).toBe(true);
  });

  test('one without a fence', async () => {
    const lax: Break = (inbox) =>
      altered(inbox, {
        handleBatch: async (records, handler) => {
          try {
            return await inbox.handleBatch(records, handler);
          } catch (error) {
            if (!(error instanceof InboxError) || error.reason !== 'fenced') throw error;
            return records.map(() => ({ outcome: 'handled' }));
          }
        },
      });
    const name = 'fences a batch whose epoch ends while its handler runs, and one that knows all of its records';
    expect(await caught(name, lax)).toBe(true);
  });

  test('one without a time limit', async () => {
    const patient: Break = (inbox) =>
      altered(inbox, {
        handleBatch: (records, handler) =>
          inbox.handleBatch(
            records.map((record) => ({ ...record, timeoutMs: 60_000 })),
            handler,
          ),
      });
    expect(await caught('gives a batch up that takes too long, effects and all', patient)).toBe(true);
  }, 30_000);
});
