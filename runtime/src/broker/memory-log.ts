/** Topics of the in-memory broker: partitions as arrays, offsets, the start of the log, time stamps. */
import { partitionOf } from '../envelope/murmur2.ts';
import { BrokerError, type BrokerRecord, type OutgoingRecord, type TopicDescription } from './broker.ts';

export class MemoryPartition {
  readonly topic: string;
  readonly partition: number;
  #records: BrokerRecord[] = [];
  /** Offset of the first record that is kept. */
  start = 0n;
  end = 0n;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  append(record: OutgoingRecord, timestamp: number): BrokerRecord {
    const { topic, partition } = this;
    const { key, value, headers } = record;
    const stored: BrokerRecord = { topic, partition, offset: this.end, timestamp, key, value, headers };
    this.#records.push(stored);
    this.end += 1n;
    return stored;
  }

  /** An offset that holds no record, as a transaction marker or compaction leaves it. */
  skip(): void {
    this.end += 1n;
  }

  /** From `offset` on, in order. */
  read(offset: bigint, limit: number): readonly BrokerRecord[] {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#records[middle];
      if (at !== undefined && at.offset < offset) low = middle + 1;
      else high = middle;
    }
    return this.#records.slice(low, low + limit);
  }

  /** Offset of the first record of that time or later; the end of the log where there is none. */
  firstSince(time: number): bigint {
    return this.#records.find(({ timestamp }) => timestamp >= time)?.offset ?? this.end;
  }

  /** What retention does: records below are gone. */
  deleteBefore(offset: bigint): void {
    this.start = offset > this.end ? this.end : offset;
    this.#records = this.#records.filter((record) => record.offset >= this.start);
  }
}

export class MemoryTopic {
  readonly description: TopicDescription;
  readonly partitions: readonly MemoryPartition[];
  readonly #appendTime: boolean;
  readonly #largest: number;
  #keyless = 0;

  constructor(description: TopicDescription) {
    this.description = description;
    this.partitions = Array.from(
      { length: description.partitions },
      (_, p) => new MemoryPartition(description.topic, p),
    );
    this.#appendTime = description.config['message.timestamp.type'] === 'LogAppendTime';
    this.#largest = Number(description.config['max.message.bytes'] ?? 1024 * 1024);
  }

  /** The partition that the record belongs to; throws BrokerError when it can go nowhere. */
  place(record: OutgoingRecord): MemoryPartition {
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0) + headerBytes(record);
    if (size > this.#largest) {
      throw new BrokerError('too-large', `${record.topic} takes ${this.#largest} bytes, the record has ${size}`);
    }
    const count = this.partitions.length;
    const keyless = () => {
      this.#keyless += 1;
      return this.#keyless % count;
    };
    const chosen = record.partition ?? (record.key === null ? keyless() : partitionOf(record.key, count));
    const partition = this.partitions[chosen];
    if (partition === undefined) throw new BrokerError('refused', `${record.topic} has no partition ${chosen}`);
    return partition;
  }

  append(partition: MemoryPartition, record: OutgoingRecord, now: number): BrokerRecord {
    return partition.append(record, this.#appendTime ? now : (record.timestamp ?? now));
  }
}

function headerBytes(record: OutgoingRecord): number {
  let bytes = 0;
  for (const [name, value] of record.headers) bytes += name.length + value.length;
  return bytes;
}
