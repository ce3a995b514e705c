import { describe, expect, test } from 'vitest';
import {
  type BrokerConsumer,
  BrokerError,
  type CommittedOffset,
  type OffsetCommit,
} from '../../../runtime/src/broker/broker.ts';
import { Committer } from '../../../runtime/src/consumer/committer.ts';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { Ledger } from '../../../runtime/src/consumer/ledger.ts';
import { manualClock } from './manual-clock.ts';

type Call = { readonly offsets: readonly OffsetCommit[]; answer(): void; fail(error: Error): void };

/** What every commit here says beside its offset. */
const said = 'tenet/1;o=me';

/** A broker side that answers when the test says so. */
function rig(partitions = 2) {
  const clock = manualClock();
  const calls: Call[] = [];
  const held = new Map<number, bigint>();
  const fenced: Error[] = [];
  const failed: unknown[] = [];
  const away = { readBack: false };
  const shares = Array.from({ length: partitions }, (_, p) => {
    const share = new Share(p, 1, new Lanes());
    share.open = true;
    share.ledger = new Ledger<Entry>(0n);
    share.committed = 0n;
    held.set(p, 0n);
    return share;
  });
  const write = (offsets: readonly OffsetCommit[]) => {
    for (const { partition, offset } of offsets) held.set(partition, offset);
  };
  const consumer: BrokerConsumer = {
    start: async () => undefined,
    seek: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    confirm: async () => undefined,
    stop: async () => undefined,
    commit: (offsets) =>
      new Promise((resolve, reject) => {
        calls.push({
          offsets,
          answer: () => {
            write(offsets);
            resolve();
          },
          fail: reject,
        });
      }),
    committed: async (refs) => {
      if (away.readBack) throw new BrokerError('unreachable', 'away');
      return refs.map(
        ({ topic, partition }): CommittedOffset => ({
          topic,
          partition,
          offset: held.get(partition),
          metadata: said,
        }),
      );
    },
  };
  const committer = new Committer({
    topic: 't',
    clientId: 'me',
    clock,
    everyMs: 100,
    everyRecords: 10,
    metadata: true,
    shares: () => shares,
    consumer: () => consumer,
    fenced: (error) => {
      fenced.push(error);
      for (const share of shares) share.live = false;
    },
    failed: (error) => failed.push(error),
    took: () => undefined,
    committed: () => undefined,
  });
  const pass = (partition: number, count: number) => {
    const share = shares[partition];
    if (share === undefined) throw new Error('no such partition');
    for (let i = 0; i < count; i++) {
      const offset = share.ledger.next;
      const entry = new Entry(
        { topic: 't', partition, offset, timestamp: 0, key: null, value: null, headers: [] },
        share,
      );
      share.ledger.add(entry);
      share.ledger.pass(entry);
      committer.note(share);
    }
  };
  const call = (index: number): Call => {
    const found = calls[index];
    if (found === undefined) throw new Error(`commit ${index} was not called`);
    return found;
  };
  const offsetsOf = (index: number) => call(index).offsets.map(({ partition, offset }) => [partition, offset]);
  return { clock, calls, call, offsetsOf, committer, pass, shares, held, write, fenced, failed, away };
}

describe('one commit in flight', () => {
  test('carries all partitions, after the time', async () => {
    const { clock, calls, offsetsOf, pass } = rig();
    pass(0, 3);
    pass(1, 2);
    await clock.pass(99);
    expect(calls).toHaveLength(0);
    await clock.pass(1);
    expect(calls).toHaveLength(1);
    expect(offsetsOf(0)).toEqual([
      [0, 3n],
      [1, 2n],
    ]);
  });

  test('does not wait for the time after many records', async () => {
    const { clock, calls, pass } = rig();
    pass(0, 10);
    await clock.pass(0);
    expect(calls).toHaveLength(1);
  });

  test('what passes meanwhile goes with the next one, which is rebuilt from the ledger', async () => {
    const { clock, calls, call, offsetsOf, pass } = rig();
    pass(0, 1);
    await clock.pass(100);
    pass(0, 1);
    await clock.pass(100);
    pass(0, 1);
    await clock.pass(1000);
    expect(calls).toHaveLength(1);
    call(0).answer();
    await clock.pass(100);
    expect(offsetsOf(1)).toEqual([[0, 3n]]);
  });

  test('carries our signature', async () => {
    const { clock, call, pass } = rig();
    pass(0, 1);
    await clock.pass(100);
    expect(call(0).offsets[0]?.metadata).toBe(said);
  });
});

describe('a commit without an answer is unknown', () => {
  test('it is repeated, and read back before the stop relies on it', async () => {
    const { clock, call, committer, pass, failed, held, shares } = rig(1);
    pass(0, 5);
    await clock.pass(100);
    call(0).fail(new BrokerError('unknown', 'no answer'));
    const settled = committer.settle(5000);
    await clock.pass(10);
    expect(failed).toHaveLength(1);
    call(1).answer();
    await clock.pass(1000);
    expect(await settled).toBe(true);
    expect(held.get(0)).toBe(5n);
    expect(shares[0]?.doubt).toBe(false);
  });

  test('an earlier commit that arrives late and rewinds is found and written over', async () => {
    const { clock, call, calls, committer, pass, held, write } = rig(1);
    pass(0, 2);
    await clock.pass(100);
    const late = call(0).offsets;
    call(0).fail(new BrokerError('unknown', 'no answer'));
    pass(0, 3);
    const settled = committer.settle(5000);
    await clock.pass(20);
    // The second commit is acknowledged, and then the first one arrives at the broker.
    call(1).answer();
    write(late);
    await clock.pass(20);
    expect(calls).toHaveLength(3);
    call(2).answer();
    await clock.pass(1000);
    expect(await settled).toBe(true);
    expect(held.get(0)).toBe(5n);
  });

  test('the doubt lasts until a read-back matches: a rewind that comes after the first look is found as well', async () => {
    const { clock, call, calls, committer, pass, held, write, shares } = rig(1);
    pass(0, 2);
    await clock.pass(100);
    const late = call(0).offsets;
    call(0).fail(new BrokerError('unknown', 'no answer'));
    pass(0, 3);
    const settled = committer.settle(5000);
    await clock.pass(20);
    call(1).answer();
    write(late);
    await clock.pass(20);
    // The first look found the rewind; the commit that repairs it is rewound once more.
    expect([calls.length, shares[0]?.doubt]).toEqual([3, true]);
    call(2).answer();
    write(late);
    await clock.pass(50);
    expect([calls.length, shares[0]?.doubt]).toEqual([4, true]);
    call(3).answer();
    await clock.pass(1000);
    expect([await settled, held.get(0), shares[0]?.doubt]).toEqual([true, 5n, false]);
  });

  test('a read-back that fails leaves the doubt, and the stop asks again before it relies on the offset', async () => {
    const { clock, call, calls, committer, pass, held, write, away } = rig(1);
    pass(0, 2);
    await clock.pass(100);
    const late = call(0).offsets;
    call(0).fail(new BrokerError('unknown', 'no answer'));
    pass(0, 3);
    let ended = false;
    const settled = committer.settle(5000).then((answer) => {
      ended = true;
      return answer;
    });
    await clock.pass(20);
    away.readBack = true;
    call(1).answer();
    write(late);
    await clock.pass(5);
    away.readBack = false;
    await clock.pass(1000);
    expect([calls.length, ended]).toEqual([3, false]);
    call(2).answer();
    await clock.pass(1000);
    expect([await settled, held.get(0)]).toEqual([true, 5n]);
  });

  test('a stop does not wait for ever', async () => {
    const { clock, call, committer, pass } = rig(1);
    pass(0, 1);
    const settled = committer.settle(300);
    await clock.pass(0);
    call(0).fail(new BrokerError('unreachable', 'away'));
    await clock.pass(100);
    call(1).fail(new BrokerError('unreachable', 'away'));
    await clock.pass(300);
    for (let i = 2; i < 8; i++) {
      try {
        call(i).fail(new BrokerError('unreachable', 'away'));
      } catch {
        break;
      }
      await clock.pass(500);
    }
    expect(await settled).toBe(false);
  });
});

describe('I2 ownership', () => {
  test('a fenced commit gives the epoch up and is not repeated', async () => {
    const { clock, call, calls, pass, fenced } = rig(1);
    pass(0, 1);
    await clock.pass(100);
    call(0).fail(new BrokerError('fenced', 'generation is over'));
    await clock.pass(5000);
    expect(fenced).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  test('a fenced answer that comes after its epoch gives nothing of the next one up', async () => {
    const { clock, call, committer, pass, fenced, failed, shares } = rig(1);
    pass(0, 1);
    await clock.pass(100);
    const [first] = shares;
    if (first === undefined) throw new Error('no share');
    first.live = false;
    shares[0] = new Share(0, 2, first.lanes);
    committer.open();
    call(0).fail(new BrokerError('fenced', 'generation 1 is over'));
    await clock.pass(10);
    expect([fenced, failed, shares[0].live]).toEqual([[], [], true]);
  });

  test('nothing is committed for a share whose epoch is over', async () => {
    const { clock, offsetsOf, pass, shares } = rig(2);
    pass(0, 1);
    pass(1, 1);
    const [first] = shares;
    if (first !== undefined) first.live = false;
    await clock.pass(100);
    expect(offsetsOf(0)).toEqual([[1, 1n]]);
  });

  test('nothing is committed between the drain and the next assignment', async () => {
    const { clock, calls, committer, pass } = rig(1);
    pass(0, 1);
    committer.close();
    pass(0, 50);
    await clock.pass(1000);
    expect(calls).toHaveLength(0);
    committer.open();
    pass(0, 1);
    await clock.pass(100);
    expect(calls).toHaveLength(1);
  });
});
