/** The rate of a group: within any time, over any history of rebalances, and no slower than it says. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../../../runtime/src/consumer/pace/token-bucket.ts';

const partitions = 12;

/** Starts as often as the buckets let it; answers the times. `shares`: partitions of each member; 0 to 50 ms to hear of them. */
function starts(
  perSecond: number,
  rounds: readonly { readonly shares: readonly number[]; readonly lateMs: readonly number[]; readonly ms: number }[],
): readonly number[] {
  const times: number[] = [];
  const buckets = rounds[0]?.shares.map(() => new TokenBucket(perSecond)) ?? [];
  let now = 0;
  for (const { shares, lateMs, ms } of rounds) {
    const heard = buckets.map((_, member) => now + (lateMs[member] ?? 0));
    for (const end = now + ms; now < end; now += 1) {
      buckets.forEach((bucket, member) => {
        if (now === heard[member]) bucket.divide((shares[member] ?? 0) / partitions, now);
        if (now < (heard[member] ?? 0)) return;
        for (; bucket.waitMs(now) === 0; times.push(now)) bucket.take(now);
      });
    }
  }
  return times;
}

/** The largest number of starts beyond `rate × time`, over every window that begins and ends with one. */
function mostBeyond(times: readonly number[], perSecond: number): number {
  let most = 0;
  // Where the sum from the beginning is lowest is where the window begins that ends here.
  let lowest = Number.POSITIVE_INFINITY;
  times.forEach((at, i) => {
    lowest = Math.min(lowest, i - (at * perSecond) / 1000);
    most = Math.max(most, i + 1 - (at * perSecond) / 1000 - lowest);
  });
  return most;
}

/** Four members that share twelve partitions in some way, some of them without any. */
const shares = fc.array(fc.nat(partitions), { minLength: 3, maxLength: 3 }).map((cuts) => {
  const [a = 0, b = 0, c = 0] = cuts.sort((one, other) => one - other);
  return [a, b - a, c - b, partitions - c];
});
const round = fc.record({
  shares,
  lateMs: fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }),
  ms: fc.integer({ min: 60, max: 4000 }),
});

test('over any window the group starts at most rate × time and one burst, however often it rebalances', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0.5, 3, 40, 700, 5000),
      fc.array(round, { minLength: 1, maxLength: 8 }),
      (rate, rounds) => {
        const burst = rate / 10 + 4;
        expect(mostBeyond(starts(rate, rounds), rate)).toBeLessThanOrEqual(burst + 1e-6);
      },
    ),
    { numRuns: 60 },
  );
});

test('an unbroken assignment starts all that the rate allows', () => {
  for (const rate of [0.5, 3, 40, 700, 5000]) {
    const times = starts(rate, [{ shares: [5, 4, 3, 0], lateMs: [], ms: 20_001 }]);
    expect(times.length).toBeGreaterThan(rate * 20 - 4);
    expect(times.length).toBeLessThanOrEqual(rate * 20);
  }
});

test('begins empty, and waits for ever for a member without partitions', () => {
  const bucket = new TokenBucket(4);
  expect(bucket.waitMs(0)).toBe(Number.POSITIVE_INFINITY);
  bucket.divide(0.5, 1000);
  expect(bucket.waitMs(1000)).toBe(500);
  expect(bucket.waitMs(1400)).toBe(100);
  bucket.divide(0, 1400);
  expect(bucket.waitMs(99_000)).toBe(Number.POSITIVE_INFINITY);
  bucket.divide(1, 99_000);
  expect(bucket.waitMs(99_000)).toBe(250);
});

test('saves a tenth of a second up, and one attempt at least', () => {
  const fast = new TokenBucket(100);
  fast.divide(1, 0);
  let saved = 0;
  for (; fast.waitMs(60_000) === 0; saved += 1) fast.take(60_000);
  expect(saved).toBe(10);
  const slow = new TokenBucket(1);
  slow.divide(1, 0);
  slow.take(60_000);
  expect(slow.waitMs(60_000)).toBe(1000);
});

test('an attempt that could not wait leaves a debt', () => {
  const bucket = new TokenBucket(10);
  bucket.divide(1, 0);
  for (let i = 0; i < 3; i++) bucket.take(100);
  expect(bucket.waitMs(100)).toBe(300);
});
