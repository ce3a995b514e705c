import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequences } from '../../../runtime/src/consumer/sequences.ts';

/** What came of these numbers of one key: how many are missing in all, how many were late. */
function totals(numbers: readonly number[], sequences = new Sequences(), key = 'a') {
  let missing = 0;
  let late = 0;
  for (const number of numbers) {
    const found = sequences.see(key, number);
    missing += found.missing;
    if (found.late) late += 1;
  }
  return { missing, late };
}

test.each([
  ['in order', [5, 6, 7, 8], 0, 0],
  ['a gap', [5, 8, 9], 2, 0],
  ['an inversion is a gap and what closes it late', [5, 7, 6, 8], 1, 1],
  ['two late ones', [1, 4, 3, 2, 5], 2, 2],
  ['repeats are none', [1, 2, 2, 1, 3, 2], 0, 0],
  ['a late one that repeats is late once', [1, 3, 2, 2], 1, 1],
  ['nothing is known of what was below the first', [5, 3, 4, 6], 0, 0],
  ['what is far behind may be a repeat', [1, 50, 2], 48, 0],
  ['31 behind is still in sight', [10, 42, 11], 31, 1],
  ['32 behind is not', [10, 43, 11], 32, 0],
  ['a leap of more than is remembered', [1, 1000, 999, 1001], 998, 1],
])('%s', (_name, numbers, missing, late) => {
  expect(totals(numbers)).toEqual({ missing, late });
});

test('whatever the order: every number is either in order, a gap, late, or a repeat', () => {
  const close = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(close, (offsets) => {
      const numbers = [100, ...offsets.map((offset) => 101 + offset)];
      const distinct = new Set(numbers);
      const { missing, late } = totals(numbers);
      const highest = Math.max(...numbers);
      // Of all numbers up to the highest, those never seen are the gaps that nothing closed.
      expect(missing - late).toBe(highest - 99 - distinct.size);
      let behind = 0;
      const seen = new Set<number>();
      for (const number of numbers) {
        if (!seen.has(number) && [...seen].some((other) => other > number)) behind += 1;
        seen.add(number);
      }
      expect(late).toBe(behind);
    }),
  );
});

test('keys are apart, and a key that was forgotten begins anew', () => {
  const sequences = new Sequences();
  expect(totals([1, 2], sequences, 'a')).toEqual({ missing: 0, late: 0 });
  expect(totals([9], sequences, 'b')).toEqual({ missing: 0, late: 0 });
  expect(totals([4], sequences, 'a')).toEqual({ missing: 1, late: 0 });
  // One that is seen is remembered, however many others come.
  for (let i = 0; i < 20_000; i++) {
    sequences.see(`other-${i}`, 1);
    if (i % 1000 === 0) expect(totals([6 + i / 500], sequences, 'a')).toEqual({ missing: 1, late: 0 });
  }
  expect(totals([100], sequences, 'b')).toEqual({ missing: 0, late: 0 });
});
