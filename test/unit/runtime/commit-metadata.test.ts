import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  metadataLimit,
  type OffsetRun,
  readMetadata,
  writeMetadata,
} from '../../../runtime/src/consumer/commit-metadata.ts';
import { Remembered } from '../../../runtime/src/consumer/remembered.ts';

const said = { owner: 'a', leaving: false, crashes: 0, suspects: [] } as const;

/** An offset and runs above it, at least one offset apart. */
const passed = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 1n << 50n }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 100_000 }))),
  )
  .map(([offset, steps]) => {
    let at = offset;
    const runs = steps.map(([gap, length]): OffsetRun => {
      const from = at + BigInt(gap);
      at = from + BigInt(length);
      return { from, end: at };
    });
    return { offset, runs };
  });

test('what is written is read again', () => {
  fc.assert(
    fc.property(passed, ({ offset, runs }) => {
      const { text, overflow } = writeMetadata(offset, { ...said, completed: runs });
      expect(overflow).toBe(0);
      expect(readMetadata(offset, text)).toEqual({ ...said, completed: runs });
    }),
  );
});

test('completed offsets that do not fit are dropped from the highest down, and counted', () => {
  fc.assert(
    fc.property(passed, fc.integer({ min: 16, max: 60 }), ({ offset, runs }, limit) => {
      const { text, overflow } = writeMetadata(offset, { ...said, completed: runs }, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      const kept = readMetadata(offset, text)?.completed ?? [];
      expect(kept).toEqual(runs.slice(0, kept.length));
      const dropped = runs.slice(kept.length).reduce((sum, { from, end }) => sum + Number(end - from), 0);
      expect(overflow).toBe(dropped);
    }),
  );
});

test('whose it is, that it was let go, crashes and the suspect come before what is passed', () => {
  const everything = {
    owner: 'checkout;1=ü',
    leaving: true,
    crashes: 3,
    suspects: [
      { offset: 7n, deaths: 1, isRunning: false },
      { offset: 40n, deaths: 2, isRunning: true },
    ],
    completed: [{ from: 8n, end: 9n }],
  };
  const { text } = writeMetadata(7n, everything);
  expect(text).toBe('tenet/1;o=checkout%3B1%3D%C3%BC;l;x=3;s=AChBF;c=BB');
  expect(readMetadata(7n, text)).toEqual(everything);
  const short = writeMetadata(7n, everything, text.length - 1);
  expect(short).toEqual({ text: 'tenet/1;o=checkout%3B1%3D%C3%BC;l;x=3;s=AChBF', overflow: 1 });
});

test('runs of thousands fit in what a broker takes', () => {
  const completed = Array.from({ length: 2000 }, (_, i) => ({ from: BigInt(2 * i + 1), end: BigInt(2 * i + 2) }));
  const { text, overflow } = writeMetadata(0n, { ...said, completed });
  expect([text.length, overflow]).toEqual(['tenet/1;o=a;c='.length + 4000, 0]);
  expect(text.length).toBeLessThan(metadataLimit);
});

test.each(['', 'offset=3', 'tenet/10', 'tenet', ' tenet/1'])('%j is not ours', (text) => {
  expect(readMetadata(0n, text)).toBeUndefined();
});

test.each([
  'tenet/1',
  'tenet/1;o=%E0;x=a;s=B;c=!!',
  'tenet/1;c=AB',
  'tenet/1;c=BA',
  'tenet/1;c=B',
  'tenet/1;x=;s=;c=',
  'tenet/1;z=BB',
  'tenet/1;c=__________________B',
])('%j is ours and tells nothing', (text) => {
  expect(readMetadata(0n, text)).toEqual({ ...said, owner: '', completed: [] });
});

test('fields that are not known are passed over', () => {
  expect(readMetadata(4n, 'tenet/1;z=1;c=BC')?.completed).toEqual([{ from: 5n, end: 7n }]);
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
