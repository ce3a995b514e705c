import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HotKeys } from '../../../runtime/src/consumer/hot-keys.ts';
import { randomOf } from './random.ts';

test('no share is said too high, and what has more than a part in 32 is never missed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { minLength: 100, maxLength: 2000, size: 'max' }), fc.nat(100), (others, hot) => {
      const keys = new HotKeys();
      const counts = new Map<string, number>();
      others.forEach((other, i) => {
        const key = i % 100 < hot ? 'hot' : `k-${other}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        keys.count(key);
      });
      const found = keys.hottest(0);
      if (found === undefined) throw new Error('enough were counted');
      expect(found.share).toBeLessThanOrEqual((counts.get(found.key) ?? 0) / others.length);
      const share = (counts.get('hot') ?? 0) / others.length;
      // An error is never larger than a part in 32 of all.
      expect(found.share).toBeGreaterThanOrEqual(share - 1 / 32);
    }),
  );
});

test('of records in any rhythm the share is about what it is', () => {
  const keys = new HotKeys();
  for (let i = 0; i < 80_000; i++) keys.add(`k-${i % 8}`);
  expect(keys.hottest(0)?.share).toBeLessThan(0.15);
  const random = randomOf(7);
  const mixed = new HotKeys();
  for (let i = 0; i < 80_000; i++) mixed.add(random() < 0.8 ? 'hot' : `k-${Math.floor(random() * 10_000)}`);
  expect(mixed.hottest(0)).toEqual({ key: 'hot', share: expect.closeTo(0.8, 1) });
});

test('few records say nothing, and old ones are forgotten', () => {
  const keys = new HotKeys();
  for (let i = 0; i < 99; i++) keys.count('hot');
  expect(keys.hottest(0)).toBeUndefined();
  for (let i = 0; i < 901; i++) keys.count('hot');
  expect(keys.hottest(0)).toEqual({ key: 'hot', share: 1 });
  expect(keys.hottest(5000)).toEqual({ key: 'hot', share: 1 });
  for (let i = 0; i < 500; i++) keys.count(`now-${i % 5}`);
  expect(keys.hottest(5000)?.share).toBe(0.5);
  expect(keys.hottest(60_000)).toBeUndefined();
});
