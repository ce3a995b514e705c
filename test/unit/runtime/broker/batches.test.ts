// Batches of records as we write them, as the library does, and as a broker hands them on: cut off, stamped, aborted, damaged.
import { crc32c, createRecordsBatch, type MessageRecord, Reader, readRecordsBatches } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBatches, endOf } from '../../../../runtime/src/broker/platformatic/batch-decoder.ts';
import { encodeBatch } from '../../../../runtime/src/broker/platformatic/batch-encoder.ts';

const ref = { topic: 't', partition: 3 };

interface Told {
  readonly firstOffset?: number;
  readonly attributes?: number;
  readonly producerId?: number;
  readonly maxTimestamp?: number;
}

/** As the broker writes it into its log: the first offset is its own, and so are some attributes. */
function batch(messages: readonly Partial<MessageRecord>[], told: Told = {}, compression: 'none' | 'gzip' = 'none') {
  const records = messages.map((message) => ({ topic: 't', partition: 3, value: Buffer.from('v'), ...message }));
  const bytes = Buffer.from(createRecordsBatch(records, { compression }).buffer);
  bytes.writeBigInt64BE(BigInt(told.firstOffset ?? 0), 0);
  bytes.writeInt16BE(bytes.readInt16BE(21) | (told.attributes ?? 0), 21);
  if (told.maxTimestamp !== undefined) bytes.writeBigInt64BE(BigInt(told.maxTimestamp), 35);
  if (told.producerId !== undefined) bytes.writeBigInt64BE(BigInt(told.producerId), 43);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

const [appendTime, transactional, control] = [1 << 3, 1 << 4, 1 << 5];

/** The end of a transaction; type 0: aborted, 1: committed. */
const marker = (type: 0 | 1, firstOffset: number, producerId: number) =>
  batch([{ key: Buffer.from([0, 0, 0, type]) }], { firstOffset, producerId, attributes: transactional | control });

const values = (bytes: Buffer, from = 0n, aborted: Parameters<typeof decodeBatches>[3] = []) =>
  decodeBatches(bytes, ref, from, aborted).map(
    ({ offset, value }) => `${offset}=${Buffer.from(value ?? []).toString()}`,
  );
const v = (text: string) => ({ value: Buffer.from(text) });

const anyBytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const anyRecord = fc.record({
  key: fc.option(anyBytes),
  value: fc.option(anyBytes),
  headers: fc.array(fc.tuple(fc.string({ maxLength: 20, unit: 'grapheme' }), anyBytes), { maxLength: 5 }),
  // Years apart: the library's own encoder loses everything beyond 32 bits.
  timestamp: fc.integer({ min: 0, max: 2 ** 44 }),
});
const anyRecords = fc.array(anyRecord, { minLength: 1, maxLength: 40 });

test('whatever is written is read, byte for byte', () => {
  fc.assert(
    fc.property(anyRecords, fc.nat(2 ** 40), (records, firstOffset) => {
      const written = encodeBatch(
        records.map((record) => ({ ...ref, ...record })),
        0,
      );
      written.writeBigInt64BE(BigInt(firstOffset), 0);
      expect(decodeBatches(written, ref, 0n, [])).toEqual(
        records.map((one, i) => ({ ...ref, ...one, offset: BigInt(firstOffset + i) })),
      );
      expect(endOf(written)).toBe(BigInt(firstOffset + records.length));
    }),
  );
});

test('what is written means the same to another decoder', () => {
  fc.assert(
    fc.property(anyRecords, fc.nat(), (records, sequence) => {
      const identity = { producerId: 2n ** 40n, producerEpoch: 7 };
      const written = encodeBatch(
        records.map((record) => ({ ...ref, ...record })),
        0,
        identity,
        sequence,
      );
      const [read, ...more] = readRecordsBatches(Reader.from(written));
      expect(more).toEqual([]);
      const maxTimestamp = BigInt(Math.max(...records.map(({ timestamp }) => timestamp)));
      expect(read).toMatchObject({ ...identity, firstSequence: sequence, maxTimestamp, magic: 2, attributes: 0 });
      expect(read?.crc).toBe(crc32c(written.subarray(21)));
      expect(
        read?.records.map(({ key, value, headers, timestampDelta, offsetDelta }) => ({
          key,
          value,
          headers: headers.map(([name, bytes]) => [String(name), bytes]),
          timestamp: Number(read.firstTimestamp + timestampDelta),
          offsetDelta,
        })),
      ).toEqual(records.map((record, offsetDelta) => ({ ...record, offsetDelta })));
    }),
  );
});

test('a record without a time gets that of its sending', () => {
  const records = [{ timestamp: 5 }, {}].map((one) => ({ ...ref, key: null, value: null, headers: [], ...one }));
  const read = decodeBatches(encodeBatch(records, 99), ref, 0n, []);
  expect(read.map(({ timestamp }) => timestamp)).toEqual([5, 99]);
});

test('a batch that was cut off is left for the next fetch', () => {
  const two = Buffer.concat([batch([v('a'), v('b')]), batch([v('c')], { firstOffset: 2 })]);
  for (let cut = 1; cut < 60; cut += 7) {
    const bytes = two.subarray(0, two.length - cut);
    expect([endOf(bytes), values(bytes)]).toEqual([2n, ['0=a', '1=b']]);
  }
  expect(endOf(two.subarray(0, 40))).toBeUndefined();
});

test('what lies before the asked offset is left out', () => {
  const bytes = batch([v('a'), v('b'), v('c')], { firstOffset: 10 });
  expect(values(bytes, 12n)).toEqual(['12=c']);
});

test('offsets go on behind records that compaction has taken', () => {
  const bytes = batch([v('a')], { firstOffset: 5 });
  bytes.writeInt32BE(9, 23);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  expect([endOf(bytes), values(bytes)]).toEqual([15n, ['5=a']]);
});

test('a topic that stamps appends gives its own time to every record', () => {
  const bytes = batch([{ timestamp: 5n }, { timestamp: 9n }], { attributes: appendTime, maxTimestamp: 1234 });
  expect(decodeBatches(bytes, ref, 0n, []).map(({ timestamp }) => timestamp)).toEqual([1234, 1234]);
});

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('%s is read', (compression) => {
  const text = 'x'.repeat(500);
  expect(values(batch([v(text), v('b')], {}, compression as 'gzip'))).toEqual([`0=${text}`, '1=b']);
});

describe('of transactions', () => {
  const [one, two] = [
    { producerId: 1, attributes: transactional },
    { producerId: 2, attributes: transactional },
  ];

  test('aborted records and markers are left out, and what came between them is not', () => {
    const bytes = Buffer.concat([
      batch([v('aborted')], { firstOffset: 0, ...one }),
      batch([v('kept')], { firstOffset: 1, ...two }),
      marker(0, 2, 1),
      batch([v('kept too')], { firstOffset: 3, ...one }),
      marker(1, 4, 1),
      marker(1, 5, 2),
      batch([v('plain')], { firstOffset: 6 }),
    ]);
    expect(values(bytes, 0n, [{ producerId: 1n, firstOffset: 0n }])).toEqual(['1=kept', '3=kept too', '6=plain']);
    expect(endOf(bytes)).toBe(7n);
  });

  test('one producer may abort more than once, told in any order', () => {
    const bytes = Buffer.concat([
      batch([v('a')], { firstOffset: 0, ...one }),
      marker(0, 1, 1),
      batch([v('b')], { firstOffset: 2, ...one }),
      marker(1, 3, 1),
      batch([v('c')], { firstOffset: 4, ...one }),
      marker(0, 5, 1),
    ]);
    const aborted = [4n, 0n].map((firstOffset) => ({ producerId: 1n, firstOffset }));
    expect(values(bytes, 0n, aborted)).toEqual(['2=b']);
  });

  test('a marker that lies in a later fetch leaves the whole transaction out', () => {
    const bytes = batch([v('a'), v('b')], { firstOffset: 7, ...one });
    expect(values(bytes, 7n, [{ producerId: 1n, firstOffset: 3n }])).toEqual([]);
  });
});

test('damaged bytes are not handed over', () => {
  const bytes = Buffer.concat([batch([v('a')]), batch([v('b')], { firstOffset: 1 })]);
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
  expect(() => values(bytes)).toThrow(
    't/3 from offset 1 on: the bytes do not have the checksum that they were written with',
  );
});

test('an older format is refused by name', () => {
  const bytes = batch([v('a')]);
  bytes.writeInt8(1, 16);
  expect(() => values(bytes)).toThrow('t/3 from offset 0 on is written in format 1; only format 2 is read');
});
