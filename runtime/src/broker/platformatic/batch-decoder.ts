/**
 * Batches of records, decoded from one piece of memory. What a producer aborted, control records, and what lies before
 * the asked offset are left out.
 */
import { compressionsAlgorithmsByBitmask, crc32c } from '@platformatic/kafka';
import { BrokerError, type BrokerRecord, type PartitionRef } from '../broker.ts';
import { at, lead } from './batch-format.ts';
import { RecordReader } from './record-reader.ts';

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

const attribute = { compression: 0b111, appendTime: 1 << 3, transactional: 1 << 4, control: 1 << 5 } as const;
const abortMarker = 0;

/** The offset behind the last whole batch; `undefined` when there is none. The last one may be cut off. */
export function endOf(bytes: Buffer): bigint | undefined {
  let end: bigint | undefined;
  for (let start = 0; ; ) {
    const next = batchEnd(bytes, start);
    if (next === undefined) return end;
    end = bytes.readBigInt64BE(start) + BigInt(bytes.readInt32BE(start + at.lastOffsetDelta)) + 1n;
    start = next;
  }
}

/** Throws BrokerError when bytes were damaged on their way or cannot be read by this process. */
export function decodeBatches(
  bytes: Buffer,
  { topic, partition }: PartitionRef,
  from: bigint,
  aborted: readonly AbortedTransaction[],
): readonly BrokerRecord[] {
  const records: BrokerRecord[] = [];
  const transactions = new Aborted(aborted);
  for (let start = 0; ; ) {
    const end = batchEnd(bytes, start);
    if (end === undefined) return records;
    check(bytes, start, end, topic, partition);
    const attributes = bytes.readInt16BE(start + at.attributes);
    const firstOffset = bytes.readBigInt64BE(start);
    const lastOffset = firstOffset + BigInt(bytes.readInt32BE(start + at.lastOffsetDelta));
    const producerId = bytes.readBigInt64BE(start + at.producerId);
    transactions.upTo(lastOffset);
    if ((attributes & attribute.control) !== 0) {
      if (isAbort(bytes, start + at.records)) transactions.ended(producerId);
    } else if ((attributes & attribute.transactional) === 0 || !transactions.has(producerId)) {
      const stamped = (attributes & attribute.appendTime) !== 0;
      const batch = {
        topic,
        partition,
        firstOffset,
        from,
        firstTimestamp: Number(bytes.readBigInt64BE(start + at.firstTimestamp)),
        appendTime: stamped ? Number(bytes.readBigInt64BE(start + at.maxTimestamp)) : undefined,
        count: bytes.readInt32BE(start + at.count),
      };
      decodeRecords(plain(bytes.subarray(start + at.records, end), attributes), batch, records);
    }
    start = end;
  }
}

function batchEnd(bytes: Buffer, start: number): number | undefined {
  if (start + at.records > bytes.length) return undefined;
  const end = start + lead + bytes.readInt32BE(start + at.length);
  return end > bytes.length ? undefined : end;
}

function check(bytes: Buffer, start: number, end: number, topic: string, partition: number): void {
  const place = `${topic}/${partition} from offset ${bytes.readBigInt64BE(start)} on`;
  const magic = bytes.readInt8(start + at.magic);
  if (magic !== 2) throw new BrokerError('refused', `${place} is written in format ${magic}; only format 2 is read`);
  if (crc32c(bytes.subarray(start + at.attributes, end)) !== bytes.readUInt32BE(start + at.crc)) {
    throw new BrokerError('unreachable', `${place}: the bytes do not have the checksum that they were written with`);
  }
}

function plain(bytes: Buffer, attributes: number): Buffer {
  const compression = attributes & attribute.compression;
  if (compression === 0) return bytes;
  const algorithm = compressionsAlgorithmsByBitmask[compression];
  if (algorithm === undefined) throw new BrokerError('refused', `compression ${compression} is not known`);
  return algorithm.decompressSync(bytes);
}

interface Batch extends PartitionRef {
  readonly firstOffset: bigint;
  readonly from: bigint;
  readonly firstTimestamp: number;
  readonly appendTime: number | undefined;
  readonly count: number;
}

function decodeRecords(bytes: Buffer, batch: Batch, records: BrokerRecord[]): void {
  const { topic, partition, firstOffset, from, firstTimestamp, appendTime, count } = batch;
  const reader = new RecordReader(bytes);
  for (let left = count; left > 0; left -= 1) {
    const length = reader.varint();
    const end = reader.position + length;
    reader.position += 1; // attributes: none are in use
    const timestamp = firstTimestamp + reader.varint();
    const offset = firstOffset + BigInt(reader.varint());
    if (offset >= from) {
      const key = reader.bytes();
      const value = reader.bytes();
      const headers = reader.headers();
      records.push({ topic, partition, offset, timestamp: appendTime ?? timestamp, key, value, headers });
    }
    reader.position = end;
  }
}

/** A marker's key is its version and its type, two bytes each. */
function isAbort(bytes: Buffer, start: number): boolean {
  const reader = new RecordReader(bytes, start);
  reader.varint(); // length
  reader.position += 1;
  reader.varint(); // timestamp
  reader.varint(); // offset
  const key = reader.bytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === abortMarker;
}

/** Whose records are those of an aborted transaction, at the place in the log that is read. */
class Aborted {
  readonly #ahead: AbortedTransaction[];
  readonly #open = new Set<bigint>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#ahead = [...transactions].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  }

  upTo(offset: bigint): void {
    for (let first = this.#ahead[0]; first !== undefined && first.firstOffset <= offset; first = this.#ahead[0]) {
      this.#open.add(first.producerId);
      this.#ahead.shift();
    }
  }

  ended(producerId: bigint): void {
    this.#open.delete(producerId);
  }

  has(producerId: bigint): boolean {
    return this.#open.has(producerId);
  }
}
