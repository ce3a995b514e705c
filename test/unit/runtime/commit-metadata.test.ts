import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataLimit, type Run, readMetadata, writeMetadata } from '../../../runtime/src/consumer/commit-metadata.ts';
import { Remembered } from '../../../runtime/src/consumer/remembered.ts';

/** An offset and runs above it, at least one offset apart. */
const passed = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 1n << 50n }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 100_000 }))),
  )
  .map(([offset, steps]) => {
    let at = offset;
    const runs = steps.map(([gap, length]): Run => {
      const from = at + BigInt(gap);
      at = from + BigInt(length);
      return { from, end: at };
    });
    return { offset, runs };
  });

test('what is written is read again', () => {
  fc.assert(
    fc.property(passed, ({ offset, runs }) => {
      const { text, overflow } = writeMetadata(offset, runs);
      expect(overflow).toBe(0);
      expect(readMetadata(offset, text)).toEqual(runs);
    }),
  );
});

test('completed offsets that do not fit are dropped from the highest down, and counted', () => {
  fc.assert(
    fc.property(passed, fc.integer({ min: 12, max: 60 }), ({ offset, runs }, limit) => {
      const { text, overflow } = writeMetadata(offset, runs, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      const kept = readMetadata(offset, text) ?? [];
      expect(kept).toEqual(runs.slice(0, kept.length));
      const dropped = runs.slice(kept.length).reduce((sum, { from, end }) => sum + Number(end - from), 0);
      expect(overflow).toBe(dropped);
    }),
  );
});

test('nothing above the offset is the signature alone', () => {
  expect(writeMetadata(7n, [])).toEqual({ text: 'tenet/1', overflow: 0 });
  expect(readMetadata(7n, 'tenet/1')).toEqual([]);
});

test('runs of thousands fit in what a broker takes', () => {
  const runs = Array.from({ length: 2000 }, (_, i) => ({ from: BigInt(2 * i + 1), end: BigInt(2 * i + 2) }));
  const { text, overflow } = writeMetadata(0n, runs);
  expect([text.length, overflow]).toEqual([10 + 4000, 0]);
  expect(text.length).toBeLessThan(metadataLimit);
});

test.each(['', 'offset=3', 'tenet/10', 'tenet', ' tenet/1'])('%j is not ours', (text) => {
  expect(readMetadata(0n, text)).toBeUndefined();
});

test.each([
  'tenet/1;c=!!',
  'tenet/1;c=AB',
  'tenet/1;c=BA',
  'tenet/1;c=B',
  'tenet/1;c=',
  'tenet/1;x=BB',
  'tenet/1;c=__________________B',
])('%j is ours and tells nothing', (text) => {
  expect(readMetadata(0n, text)).toEqual([]);
});

test('fields that are not known are passed over', () => {
  expect(readMetadata(4n, 'tenet/1;z=1;c=BC')).toEqual([{ from: 5n, end: 7n }]);
});

test('what is remembered is told in offset order, holes included', () => {
  const remembered = new Remembered([
    { from: 3n, end: 5n },
    { from: 8n, end: 9n },
  ]);
  expect([0n, 3n, 4n, 5n, 8n, 9n, 20n].map((offset) => remembered.has(offset))).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
});
