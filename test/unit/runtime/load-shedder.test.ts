import { expect, test } from 'vitest';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { compileLoadShedder } from '../../../runtime/src/consumer/load-shedder.ts';
import { manualClock } from './manual-clock.ts';
import { consumer } from './orders.ts';

function rig() {
  const clock = manualClock();
  const settled: bigint[] = [];
  const backpressure = { policy: 'drop-newest', maxInFlight: 1, maxWaiting: 1, approvedBy: 'analytics' } as const;
  const shedder = compileLoadShedder(consumer({ backpressure }), {
    clock,
    lateCommitMs: 1000,
    losses: Object.assign(Object.create(null), { drop: () => undefined }),
    full: () => true,
    keyOf: ({ key }) => (key === null ? undefined : Buffer.from(key).toString()),
    settle: (entry) => settled.push(entry.record.offset),
  });
  const share = new Share(0, 1, new Lanes());
  const arrive = (offset: bigint, key: string | null) => {
    const bytes = key === null ? null : Buffer.from(key);
    const record = { topic: 't', partition: 0, offset, timestamp: 0, key: bytes, value: null, headers: [] };
    return shedder?.refuses(new Entry(record, share));
  };
  return { clock, shedder, share, arrive, settled };
}

test('a refused record holds its key until the group is known to have committed beyond it', () => {
  const { shedder, share, arrive, settled } = rig();
  expect([arrive(4n, 'a'), arrive(5n, null), arrive(6n, 'a'), arrive(7n, 'b')]).toEqual([true, true, true, true]);
  const committed = (offset: bigint | undefined, doubt: boolean) => {
    share.committed = offset;
    share.doubt = doubt;
    shedder?.committed();
    return [...settled];
  };
  expect(committed(undefined, false)).toEqual([]);
  expect(committed(4n, false)).toEqual([]);
  expect(committed(7n, true)).toEqual([]);
  expect(committed(7n, false)).toEqual([4n, 6n]);
  share.live = false;
  expect(committed(8n, false)).toEqual([4n, 6n]);
});

test('after a commit that was not answered, the key is held until that can arrive no more', async () => {
  const { clock, shedder, share, arrive, settled } = rig();
  arrive(4n, 'a');
  arrive(5n, 'b');
  share.committed = 9n;
  share.doubtedAt = clock.monotonic();
  shedder?.committed();
  await clock.pass(999);
  shedder?.committed();
  expect([settled, clock.timers]).toEqual([[], 1]);
  // Nothing more is committed: it is looked at all the same.
  await clock.pass(1);
  expect([settled, clock.timers]).toEqual([[4n, 5n], 0]);
});

test('a policy that loses nothing needs none', () => {
  const options = Object.create(null);
  for (const policy of ['block', 'scale'] as const) {
    expect(compileLoadShedder(consumer({ backpressure: { policy, maxInFlight: 1, maxWaiting: 1 } }), options)).toBe(
      undefined,
    );
  }
});
