import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../../runtime/src/retry/backoff.ts';
import { decide } from '../../../runtime/src/retry/retry-policy.ts';
import { RetryRatio } from '../../../runtime/src/retry/retry-ratio.ts';
import { randomOf } from './random.ts';

const policy = {
  attempts: 4,
  withinMs: 1000,
  initialMs: 100,
  factor: 2,
  maxMs: 300,
  jitter: 'none',
  ratio: 0.2,
  nonRetryable: ['OutOfStock'],
} as const;

describe('backoff', () => {
  test('grows by its factor up to its maximum', () => {
    expect([1, 2, 3, 4, 100].map((retry) => backoffMs(policy, retry, () => 0.5))).toEqual([100, 200, 300, 300, 300]);
  });

  test('full jitter spreads evenly from nothing to the whole', () => {
    const full = { ...policy, jitter: 'full' as const };
    expect(backoffMs(full, 2, () => 0)).toBe(0);
    expect(backoffMs(full, 2, () => 0.5)).toBe(100);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.999999, noNaN: true }), (retry, r) => {
        const ms = backoffMs(full, retry, () => r);
        expect(ms >= 0 && ms < 300).toBe(true);
      }),
    );
  });
});

describe('the retry budget', () => {
  const after = (attempts: number, elapsedMs: number, errorClass = 'Error') =>
    decide(policy, { attempts, elapsedMs, errorClass }, () => 0);
  test('by attempts, by time, by name', () => {
    expect(after(1, 0)).toEqual({ retryInMs: 100 });
    expect(after(3, 0)).toEqual({ retryInMs: 300 });
    expect(after(4, 0)).toEqual({ dead: 'MAX_ATTEMPTS' });
    expect(after(1, 900)).toEqual({ retryInMs: 100 });
    expect(after(1, 901)).toEqual({ dead: 'BUDGET_EXHAUSTED' });
    expect(after(1, 0, 'OutOfStock')).toEqual({ dead: 'REJECTED' });
  });
});

describe('the largest share of retries in a minute', () => {
  test('lets few retries through always, and more only in proportion', () => {
    const ratio = new RetryRatio(0.2);
    let retries = 0;
    for (let i = 0; i < 1000; i++) {
      ratio.count(i, false);
      // Every attempt fails and wants to be repeated.
      if (ratio.allows(i)) {
        ratio.count(i, true);
        retries += 1;
      }
    }
    expect(retries / (1000 + retries)).toBeLessThanOrEqual(0.2);
    expect(retries / (1000 + retries)).toBeGreaterThan(0.19);
  });

  test('forgets after a minute', () => {
    const ratio = new RetryRatio(0.2);
    for (let i = 0; i < 50; i++) ratio.count(5000, true);
    expect(ratio.allows(5000)).toBe(false);
    expect(ratio.allows(59_999)).toBe(false);
    expect(ratio.allows(60_000)).toBe(true);
    expect(ratio.allows(10_000_000)).toBe(true);
  });

  test('a quiet consumer may retry a little', () => {
    const ratio = new RetryRatio(0);
    for (let i = 0; i < 20; i++) {
      expect(ratio.allows(0)).toBe(true);
      ratio.count(0, true);
    }
    expect(ratio.allows(0)).toBe(false);
  });
});

describe('a dependency that fails half the time', () => {
  /** Every record has four attempts within half a minute; answers how many there were of all. */
  function attemptsOf(records: number, perSecond: number, share: number, random: () => number): number {
    const ratio = new RetryRatio(share);
    const stepMs = 1000 / perSecond;
    let attempts = 0;
    let now = 0;
    /** By the step in which their next attempt is due. */
    const waiting = new Map<number, { readonly made: number; readonly since: number }[]>();
    const wait = (made: number, since: number, ms: number) => {
      const step = Math.floor((now + ms) / stepMs) + 1;
      waiting.set(step, [...(waiting.get(step) ?? []), { made, since }]);
    };
    const attempt = (made: number, since: number) => {
      attempts += 1;
      ratio.count(now, made > 1);
      if (random() < 0.5 && made < 4) wait(made, since, random() * 100 * 2 ** made);
    };
    for (let step = 0; step < records || waiting.size > 0; step++) {
      now = step * stepMs;
      for (const { made, since } of waiting.get(step) ?? []) {
        if (ratio.allows(now)) attempt(made + 1, since);
        else if (now - since < 30_000) wait(made, since, 1000 * (1 + random()));
      }
      waiting.delete(step);
      if (step < records) attempt(1, now);
    }
    return attempts;
  }

  test.each([
    [0.05, 100],
    [0.2, 100],
    [0.2, 400],
  ])('is asked at most 1.01 times what a ratio of %d allows, and nearly all of that (%d/s)', (share, perSecond) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const records = 180 * perSecond;
        const attempts = attemptsOf(records, perSecond, share, randomOf(seed));
        // Retries are at most that share of all attempts.
        const budget = records / (1 - share);
        expect(attempts).toBeLessThanOrEqual(budget * 1.01);
        expect(attempts).toBeGreaterThan(budget * 0.97);
      }),
      { numRuns: 5 },
    );
  });
});
