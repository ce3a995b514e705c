import { expect, test } from 'vitest';
import { Backpressure } from '../../../runtime/src/consumer/backpressure.ts';
import type { Entry } from '../../../runtime/src/consumer/entry.ts';
import { Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { ShareLine } from '../../../runtime/src/consumer/share-line.ts';

function rig(maxWaiting: number, policy: 'block' | 'drop-oldest' | 'drop-newest' = 'block') {
  const said: string[] = [];
  const backpressure = new Backpressure(
    { policy, maxInFlight: 1, maxWaiting },
    {
      pause: ({ partition }) => said.push(`pause ${partition}`),
      resume: ({ partition }) => said.push(`resume ${partition}`),
    },
  );
  const share = (partition: number) => new Share(partition, 1, new Lanes<Entry>());
  return { said, backpressure, share };
}

test('pauses at its part of the limit, resumes when three in ten of it are gone, and says each once', () => {
  const { said, backpressure, share } = rig(20);
  backpressure.divide(2);
  const one = share(0);
  for (const waiting of [9, 10, 11]) {
    one.unpassed = waiting;
    backpressure.grown(one);
  }
  expect([said, backpressure.paused]).toEqual([['pause 0'], 1]);
  for (const waiting of [8, 7, 6]) {
    one.unpassed = waiting;
    backpressure.shrunk(one);
  }
  expect([said, backpressure.paused]).toEqual([['pause 0', 'resume 0'], 0]);
});

test('a new assignment begins with nothing paused', () => {
  const { said, backpressure, share } = rig(10);
  backpressure.divide(1);
  for (const generation of [1, 2]) {
    const one = share(0);
    one.unpassed = 10;
    backpressure.grown(one);
    expect(backpressure.paused, `in assignment ${generation}`).toBe(1);
    backpressure.divide(1);
    expect(backpressure.paused).toBe(0);
  }
  expect(said).toEqual(['pause 0', 'pause 0']);
});

test('keys in the line are bounded too, but for a partition that has rows to meet in the log again', () => {
  const { said, backpressure, share } = rig(10);
  backpressure.divide(50);
  const one = share(0);
  const keys = Array.from({ length: 2000 }, (_, i) => ({ keyHash: BigInt(i), rows: 1, first: BigInt(i) }));
  const mark = {
    offset: 7n,
    state: 'waiting',
    deaths: 0,
    owed: undefined,
    timestamp: 0,
    digest: Buffer.alloc(32),
  } as const;
  one.line = new ShareLine<Entry>({ keys, dead: [], marks: [mark], owed: [] });
  backpressure.grown(one);
  expect(said).toEqual([]);
  one.line.takeMark(7n);
  backpressure.grown(one);
  expect(said).toEqual(['pause 0']);
  for (const { keyHash } of keys.slice(0, 599)) one.line.keys.delete(keyHash);
  backpressure.shrunk(one);
  expect(said).toEqual(['pause 0']);
  for (const { keyHash } of keys.slice(599, 601)) one.line.keys.delete(keyHash);
  backpressure.shrunk(one);
  expect(said).toEqual(['pause 0', 'resume 0']);
});
test('while only probes start, one that waits is enough to pause, and none is not', () => {
  const { said, backpressure, share } = rig(20);
  backpressure.divide(2);
  const [busy, idle] = [share(0), share(1)];
  busy.unpassed = 1;
  backpressure.narrow([busy, idle]);
  expect(said).toEqual(['pause 0']);
  busy.inFlight = 1;
  backpressure.shrunk(busy);
  expect(said).toEqual(['pause 0', 'resume 0']);
  idle.unpassed = 5;
  backpressure.grown(idle);
  backpressure.widen([busy, idle]);
  expect([said, backpressure.paused]).toEqual([['pause 0', 'resume 0', 'pause 1', 'resume 1'], 0]);
});

test('losses that are not in the account yet wait like records', () => {
  const { said, backpressure, share } = rig(10, 'drop-oldest');
  backpressure.divide(1);
  const one = share(0);
  one.unpassed = 4;
  one.losing = 5;
  backpressure.grown(one);
  expect([said, backpressure.full(one)]).toEqual([[], false]);
  one.losing = 6;
  backpressure.grown(one);
  expect(said).toEqual(['pause 0']);
  one.losing = 4;
  backpressure.shrunk(one);
  expect(said).toEqual(['pause 0']);
  one.losing = 3;
  backpressure.shrunk(one);
  expect(said).toEqual(['pause 0', 'resume 0']);
});

test('a policy that refuses at the full buffer goes on fetching, and pauses for the losses only', () => {
  const { said, backpressure, share } = rig(10, 'drop-newest');
  backpressure.divide(1);
  const one = share(0);
  one.unpassed = 10;
  one.losing = 9;
  backpressure.grown(one);
  expect([said, backpressure.full(one)]).toEqual([[], true]);
  one.losing = 10;
  backpressure.grown(one);
  expect(said).toEqual(['pause 0']);
});

test.each(['block', 'drop-oldest', 'drop-newest'] as const)(
  'a paused partition is crowded where the policy has room in the line, and not while only probes start: %s',
  (policy) => {
    const { backpressure, share } = rig(10, policy);
    backpressure.divide(1);
    const one = share(0);
    const crowded = () => backpressure.crowded(one);
    one.unpassed = 9;
    backpressure.grown(one);
    expect(crowded()).toBe(false);
    one.unpassed = 10;
    one.losing = 10;
    backpressure.grown(one);
    expect([one.paused, crowded()]).toEqual([true, policy === 'block']);
    backpressure.narrow([one]);
    expect([one.paused, crowded()]).toEqual([true, false]);
    backpressure.widen([one]);
    expect([one.paused, crowded()]).toEqual([true, policy === 'block']);
  },
);
