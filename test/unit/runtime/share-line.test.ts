import { expect, test } from 'vitest';
import { type InLine, ShareLine } from '../../../runtime/src/consumer/share-line.ts';
import type { LineView } from '../../../runtime/src/line/line.ts';

const lineOf = (view: Partial<LineView> = {}) =>
  new ShareLine<InLine>({ keys: [], dead: [], marks: [], owed: [], ...view });
const entry = (offset: bigint): InLine => ({ offset, lineKey: undefined });
const due = (line: ShareLine<InLine>) => {
  const hashes: bigint[] = [];
  for (let key = line.due.shift(); key !== undefined; key = line.due.shift()) {
    key.due = false;
    hashes.push(key.hash);
  }
  return hashes;
};

test('a key has its turn when what was fetched has passed its first row, whatever the order of the keys', () => {
  const keys = [30n, 10n, 20n].map((first) => ({ keyHash: first, rows: 1, first }));
  const line = lineOf({ keys });
  line.reached(10n);
  expect(due(line)).toEqual([]);
  line.reached(11n);
  expect(due(line)).toEqual([10n]);
  line.reached(1000n);
  expect(due(line)).toEqual([20n, 30n]);
});

test('a key waits for what stands before its rows, and for the rows of it that are in memory', () => {
  const line = lineOf({ keys: [{ keyHash: 7n, rows: 2, first: 10n }] });
  const key = line.key(7n);
  key.ahead = 1;
  line.reached(20n);
  expect(due(line)).toEqual([]);
  key.ahead = 0;
  line.consider(key, 20n);
  expect(due(line)).toEqual([7n]);
  line.load(key, 1);
  line.consider(key, 20n);
  expect(due(line)).toEqual([]);
});

test('a key counts a row before it is written, and is gone when it has none', () => {
  const line = lineOf();
  const key = line.key(7n);
  const waiting = entry(5n);
  line.enqueue(waiting, key);
  line.consider(key, 10n);
  expect([line.keys.size, key.pending, key.first, due(line)]).toEqual([1, 1, 5n, []]);
  line.written(key);
  line.consider(key, 10n);
  expect([line.rows, due(line)]).toEqual([1, [7n]]);
  line.count(key, -1);
  line.consider(key, 10n);
  expect([line.rows, line.keys.size]).toEqual([0, 0]);
});

test('a key knows the lowest of its offsets, in whatever order they come', () => {
  const line = lineOf();
  const key = line.key(7n);
  for (const offset of [9n, 4n, 6n]) line.enqueue(entry(offset), key);
  expect([key.first, key.pending]).toEqual([4n, 3]);
});

test('what is being written bounds what may be read', () => {
  const line = lineOf();
  expect(line.unwritten).toBeUndefined();
  line.writing = [entry(9n), entry(4n), entry(6n)];
  expect(line.unwritten).toBe(4n);
});

test('a key whose rows could not be taken yet has its turn again when more was fetched or written', () => {
  for (const again of ['reached', 'retryStalled'] as const) {
    const line = lineOf({ keys: [{ keyHash: 7n, rows: 1, first: 1n }] });
    line.reached(5n);
    expect(due(line)).toEqual([7n]);
    line.stall(line.key(7n));
    line[again](9n);
    expect(due(line), again).toEqual([7n]);
    line[again](10n);
    expect(due(line), again).toEqual([]);
  }
});

test('looks ask for all of the dead in turn', () => {
  const offsets = [1n, 2n, 3n, 4n, 5n];
  const keys = offsets.map((first) => ({ keyHash: first, rows: 1, first }));
  const line = lineOf({ keys, dead: offsets.map((offset) => ({ keyHash: offset, offset, deaths: 1 })) });
  expect([line.someDead(2), line.someDead(2), line.someDead(2)]).toEqual([
    [1n, 2n],
    [3n, 4n],
    [5n, 1n],
  ]);
  expect(line.someDead(9)).toHaveLength(5);
});

test('a dead row that is not the first of its key blocks it when it is', () => {
  const line = lineOf({
    keys: [{ keyHash: 7n, rows: 2, first: 1n }],
    dead: [{ keyHash: 7n, offset: 2n, deaths: 1 }],
  });
  line.reached(10n);
  expect([due(line), line.dead.size]).toEqual([[7n], 0]);
});
