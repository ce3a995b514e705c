/**
 * What members of a group tell each other through the broker, as Java's consumers write it: which topics somebody reads
 * (ConsumerProtocolSubscription), and which partitions somebody got (ConsumerProtocolAssignment).
 */
import type { PartitionRef } from '../broker.ts';
import { byTopic } from './cluster.ts';

const version = 0;

export interface Subscription {
  readonly topics: readonly string[];
  /** As user data: the broker remembers the client id of a static member's first process, whoever takes its place. */
  readonly clientId: string;
}

export function encodeSubscription({ topics, clientId }: Subscription): Buffer {
  const userData = Buffer.from(clientId);
  return Buffer.concat([int16(version), int32(topics.length), ...topics.map(text), int32(userData.length), userData]);
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new Reader(bytes);
  reader.int16();
  return { topics: reader.list(() => reader.text()), clientId: reader.bytes().toString() };
}

export function encodeAssignment(partitions: readonly PartitionRef[]): Buffer {
  const topics = byTopic(partitions, ({ partition }) => partition);
  const lists = topics.flatMap(({ topic, partitions: own }) => [text(topic), int32(own.length), ...own.map(int32)]);
  return Buffer.concat([int16(version), int32(topics.length), ...lists, noUserData]);
}

/** A member that the leader did not know gets no bytes at all. */
export function decodeAssignment(bytes: Buffer): readonly PartitionRef[] {
  if (bytes.length === 0) return [];
  const reader = new Reader(bytes);
  reader.int16();
  return reader
    .list(() => ({ topic: reader.text(), partitions: reader.list(() => reader.int32()) }))
    .flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  text(): string {
    const end = this.int16() + this.#at;
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  bytes(): Buffer {
    const end = Math.max(0, this.int32()) + this.#at;
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item);
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

const noUserData = int32(0);
