import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ledger, type Tracked } from '../../../runtime/src/consumer/ledger.ts';

const at = (offset: bigint): Tracked => ({ offset, passed: false, provisional: false });

/** Offsets that grow by 1 or more: holes are transaction markers and what compaction took. */
const offsets = fc.array(fc.bigInt({ min: 1n, max: 4n }), { minLength: 1, maxLength: 60, size: 'max' }).map((steps) => {
  let offset = -1n;
  return steps.map((step) => {
    offset += step;
    return offset;
  });
});

test('what was passed provisionally is passed, and told only when it is confirmed', () => {
  const ledger = new Ledger<Tracked>(0n);
  const entries = [0n, 1n, 2n, 4n, 5n].map(at);
  for (const entry of entries) ledger.add(entry);
  for (const entry of entries.slice(1)) {
    entry.provisional = entry.offset === 2n || entry.offset === 4n;
    ledger.pass(entry);
  }
  const told = () => [...ledger.completed()].map(({ from, end }) => `${from}-${end}`);
  expect([ledger.frontier, told()]).toEqual([0n, ['1-2', '5-6']]);
  ledger.confirm(4n);
  // Nothing of these is above the frontier.
  for (const offset of [-1n, 3n, 9n]) ledger.confirm(offset);
  expect(told()).toEqual(['1-2', '4-6']);
  ledger.confirm(2n);
  expect(told()).toEqual(['1-6']);
  const [first] = entries;
  if (first !== undefined) ledger.pass(first);
  ledger.confirm(2n);
  expect([ledger.frontier, told()]).toEqual([6n, []]);
});

describe('I1 frontier', () => {
  test('never beyond the lowest record that is not passed, and never behind it', () => {
    const history = offsets.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all)));
    fc.assert(
      fc.property(history, ([all, passing]) => {
        const ledger = new Ledger<Tracked>(0n);
        const entries = new Map(all.map((offset) => [offset, at(offset)]));
        for (const entry of entries.values()) expect(ledger.add(entry)).toBe(true);
        const passed = new Set<bigint>();
        for (const offset of passing) {
          ledger.pass(entries.get(offset) ?? at(offset));
          passed.add(offset);
          const lowest = all.find((one) => !passed.has(one));
          expect(ledger.frontier).toBe(lowest ?? (all.at(-1) ?? 0n) + 1n);
        }
      }),
    );
  });

  test('records that arrive while others pass keep it exact', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat(20)), { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(steps, (history) => {
        const ledger = new Ledger<Tracked>(7n);
        const open: Tracked[] = [];
        let next = 7n;
        for (const step of history) {
          if (step === 'add') {
            const entry = at(next);
            next += 1n;
            ledger.add(entry);
            open.push(entry);
          } else {
            const [entry] = open.splice(step % Math.max(1, open.length), 1);
            if (entry !== undefined) ledger.pass(entry);
          }
          expect(ledger.frontier).toBe(open[0]?.offset ?? next);
          expect(ledger.oldest).toBe(open[0]);
        }
      }),
    );
  });

  test('an offset that was seen before is not tracked again', () => {
    const ledger = new Ledger<Tracked>(10n);
    expect(ledger.add(at(9n))).toBe(false);
    expect(ledger.add(at(10n))).toBe(true);
    expect(ledger.add(at(10n))).toBe(false);
    expect(ledger.next).toBe(11n);
    expect(ledger.frontier).toBe(10n);
  });

  test('a log that ends in offsets without records is passed to its end', () => {
    const ledger = new Ledger<Tracked>(0n);
    const entry = at(3n);
    ledger.add(entry);
    ledger.advance(6n);
    expect(ledger.frontier).toBe(3n);
    ledger.pass(entry);
    expect(ledger.frontier).toBe(6n);
    ledger.advance(2n);
    expect(ledger.frontier).toBe(6n);
  });

  test('answers whether the frontier moved', () => {
    const ledger = new Ledger<Tracked>(0n);
    const [first, second] = [at(0n), at(1n)];
    ledger.add(first);
    ledger.add(second);
    expect(ledger.pass(second)).toBe(false);
    expect(ledger.frontier).toBe(0n);
    expect(ledger.pass(first)).toBe(true);
    expect(ledger.frontier).toBe(2n);
  });
});

describe('what is passed above the frontier', () => {
  test('is told in runs that go over holes and hold nothing that is not passed', () => {
    const history = offsets.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)));
    fc.assert(
      fc.property(history, ([all, passing]) => {
        const ledger = new Ledger<Tracked>(0n);
        for (const offset of all) {
          const entry = at(offset);
          ledger.add(entry);
          if (passing.includes(offset)) ledger.pass(entry);
        }
        const told = [...ledger.completed()];
        const isTold = (offset: bigint) => told.some(({ from, end }) => from <= offset && offset < end);
        expect(all.filter(isTold)).toEqual(passing.filter((offset) => offset > ledger.frontier));
        for (let i = 1; i < told.length; i++) expect((told[i]?.from ?? 0n) > (told[i - 1]?.end ?? 0n)).toBe(true);
      }),
    );
  });
});
