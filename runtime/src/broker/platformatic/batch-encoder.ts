/**
 * Records of one partition as one batch (format 2). The library's encoder is not used: it keeps the lower 32 bits of the
 * time between two records, so that 25 days apart become another time.
 */
import { crc32c } from '@platformatic/kafka';
import type { PlacedRecord } from '../kafka/producer.ts';
import { at, lead } from './batch-format.ts';

/** A producer that the broker knows again. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

const anonymous: Identity = { producerId: -1n, producerEpoch: -1 };
const format = 2;
const longestVarint = 10;

/** @param sequence number of the first record under that identity; `now` is the time of records that have none. */
export function encodeBatch(
  records: readonly PlacedRecord[],
  now: number,
  identity: Identity = anonymous,
  sequence = -1,
): Buffer {
  const timestamps = records.map(({ timestamp }) => timestamp ?? now);
  const [first = now] = timestamps;
  const out = new Output(at.records + records.reduce((sum, record) => sum + bound(record), 0));
  out.position = at.records;
  records.forEach((record, i) => {
    writeRecord(out, record, (timestamps[i] ?? now) - first, i);
  });
  const bytes = out.bytes.subarray(0, out.position);
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(bytes.length - lead, at.length);
  bytes.writeInt32BE(-1, at.leaderEpoch);
  bytes.writeInt8(format, at.magic);
  bytes.writeInt16BE(0, at.attributes);
  bytes.writeInt32BE(records.length - 1, at.lastOffsetDelta);
  bytes.writeBigInt64BE(BigInt(first), at.firstTimestamp);
  bytes.writeBigInt64BE(BigInt(timestamps.reduce((a, b) => Math.max(a, b), first)), at.maxTimestamp);
  bytes.writeBigInt64BE(identity.producerId, at.producerId);
  bytes.writeInt16BE(identity.producerEpoch, at.producerEpoch);
  bytes.writeInt32BE(sequence, at.sequence);
  bytes.writeInt32BE(records.length, at.count);
  bytes.writeUInt32BE(crc32c(bytes.subarray(at.attributes)), at.crc);
  return bytes;
}

function writeRecord(out: Output, { key, value, headers }: PlacedRecord, timeDelta: number, offsetDelta: number): void {
  const names = headers.map(([name]) => Buffer.from(name));
  let length =
    1 + sizeOf(timeDelta) + sizeOf(offsetDelta) + sizeOfBytes(key) + sizeOfBytes(value) + sizeOf(headers.length);
  headers.forEach(([, bytes], i) => {
    length += sizeOfBytes(names[i] ?? null) + sizeOfBytes(bytes);
  });
  out.varint(length);
  out.byte(0); // attributes: none are in use
  out.varint(timeDelta);
  out.varint(offsetDelta);
  out.block(key);
  out.block(value);
  out.varint(headers.length);
  headers.forEach(([, bytes], i) => {
    out.block(names[i] ?? null);
    out.block(bytes);
  });
}

class Output {
  readonly bytes: Buffer;
  position = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  varint(value: number): void {
    let left = zigzag(value);
    while (left >= 128) {
      this.byte((left % 128) | 128);
      left = Math.floor(left / 128);
    }
    this.byte(left);
  }

  block(bytes: Uint8Array | null): void {
    this.varint(bytes === null ? -1 : bytes.byteLength);
    if (bytes === null) return;
    this.bytes.set(bytes, this.position);
    this.position += bytes.byteLength;
  }
}

/** By arithmetic: the bits of a number end at 32. */
function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function sizeOf(value: number): number {
  let size = 1;
  for (let left = zigzag(value); left >= 128; left = Math.floor(left / 128)) size += 1;
  return size;
}

function sizeOfBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : sizeOf(bytes.byteLength) + bytes.byteLength;
}

/** A record never takes more. */
function bound({ key, value, headers }: PlacedRecord): number {
  let size = 6 * longestVarint + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, bytes] of headers) size += 2 * longestVarint + Buffer.byteLength(name) + bytes.byteLength;
  return size;
}
