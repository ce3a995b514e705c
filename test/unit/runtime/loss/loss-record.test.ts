import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeLossRecord,
  type LossRecord,
  lossCauses,
  parseLossRecord,
} from '../../../../runtime/src/loss/loss-record.ts';
import {
  common,
  countOf,
  type OffsetRange,
  parseRanges,
  printRanges,
  united,
} from '../../../../runtime/src/loss/offset-ranges.ts';

const names = { group: 'orders.v1.audit', topic: 'orders.v1', approvedBy: 'analytics' };
const at = Date.UTC(2026, 10, 28, 12);
const text = (record: LossRecord) => JSON.parse(Buffer.from(encodeLossRecord(record, names, at)).toString());
const epoch = { ledgerEnd: 12n, generation: 3 };

const range = fc
  .tuple(fc.nat(60), fc.nat(6))
  .map(([from, length]) => ({ from: BigInt(from), to: BigInt(from + length) }));
const ranges = fc.array(range, { maxLength: 8 });
const offsetsOf = (of: readonly OffsetRange[]) =>
  new Set(of.flatMap(({ from, to }) => Array.from({ length: Number(to - from) + 1 }, (_, i) => Number(from) + i)));

test('a loss says to a person what, how many, why, when, and who agreed', () => {
  const offsets = [
    { from: 5n, to: 9n },
    { from: 12n, to: 12n },
  ];
  expect(text({ kind: 'loss', partition: 1, epoch, cause: 'drop-oldest', offsets })).toEqual({
    kind: 'loss',
    group: 'orders.v1.audit',
    topic: 'orders.v1',
    partition: 1,
    epoch: { ledgerEnd: '12', generation: 3 },
    at: '2026-11-28T12:00:00.000Z',
    policy: 'drop-oldest',
    approvedBy: 'analytics',
    from: '5',
    to: '12',
    count: '6',
    offsets: '5-9,12',
  });
});

test('nobody approves what retention took', () => {
  const offsets = [{ from: 0n, to: 0n }];
  expect(text({ kind: 'loss', partition: 1, epoch, cause: 'retention', offsets })).not.toHaveProperty('approvedBy');
});

test('a take-over says where its owner goes on', () => {
  expect(text({ kind: 'take-over', partition: 1, epoch, frontier: 7n, passed: [{ from: 9n, to: 9n }] })).toEqual({
    kind: 'take-over',
    group: 'orders.v1.audit',
    topic: 'orders.v1',
    partition: 1,
    epoch: { ledgerEnd: '12', generation: 3 },
    at: '2026-11-28T12:00:00.000Z',
    frontier: '7',
    passed: '9',
  });
});

test('every record is read as it was written', () => {
  const record = fc.oneof(
    fc.record({
      kind: fc.constant('loss' as const),
      partition: fc.nat(9),
      epoch: fc.record({ ledgerEnd: fc.bigInt(0n, 2n ** 62n), generation: fc.nat() }),
      cause: fc.constantFrom(...lossCauses),
      offsets: ranges.filter((of) => of.length > 0).map(united),
    }),
    fc.record({
      kind: fc.constant('take-over' as const),
      partition: fc.nat(9),
      epoch: fc.record({ ledgerEnd: fc.bigInt(0n, 2n ** 62n), generation: fc.nat() }),
      frontier: fc.bigInt(0n, 2n ** 62n),
      passed: ranges.map(united),
    }),
  );
  fc.assert(
    fc.property(record, (one: LossRecord) => {
      expect(parseLossRecord(encodeLossRecord(one, names, at))).toEqual(one);
    }),
  );
});

test.each([
  null,
  'no json',
  '7',
  'null',
  '{}',
  '{"kind":"loss","partition":0,"epoch":{"ledgerEnd":"1","generation":1},"policy":"whim","offsets":"1"}',
  '{"kind":"loss","partition":0,"epoch":{"ledgerEnd":"1","generation":1},"policy":"sample","offsets":"1-"}',
  '{"kind":"loss","partition":0,"epoch":{"ledgerEnd":1,"generation":1},"policy":"sample","offsets":"1"}',
  '{"kind":"take-over","partition":0,"epoch":{"ledgerEnd":"1","generation":1},"passed":""}',
])('%s is no record of a loss ledger', (value) => {
  expect(parseLossRecord(value === null ? null : Buffer.from(value))).toBeUndefined();
});

describe('ranges are sets', () => {
  test('united', () => {
    fc.assert(
      fc.property(ranges, (of) => {
        const one = united(of);
        expect(offsetsOf(one)).toEqual(offsetsOf(of));
        expect(countOf(one)).toBe(BigInt(offsetsOf(of).size));
        for (const [i, { from }] of one.entries()) expect(i === 0 || from > (one[i - 1]?.to ?? 0n) + 1n).toBe(true);
      }),
    );
  });

  test('common', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const both = [...offsetsOf(a)].filter((offset) => offsetsOf(b).has(offset));
        expect(offsetsOf(common(united(a), united(b)))).toEqual(new Set(both));
      }),
    );
  });

  test('printed and read', () => {
    expect(
      printRanges([
        { from: 5n, to: 9n },
        { from: 12n, to: 12n },
      ]),
    ).toBe('5-9,12');
    expect(parseRanges('5-9,12')).toEqual([
      { from: 5n, to: 9n },
      { from: 12n, to: 12n },
    ]);
    for (const foreign of ['-', 'a', '1,', '1-2-3', ' 1', '1--2']) expect(parseRanges(foreign)).toBeUndefined();
  });
});
