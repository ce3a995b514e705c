/** kafkajs' own producer as a writer of records that are placed already. */
import { type Message, Partitioners, type Producer } from 'kafkajs';
import type { KafkaOptions } from '../kafka/options.ts';
import type { Acks, PlacedRecord, RecordWriter } from '../kafka/producer.ts';
import { createClient } from './client.ts';

const acksNumber = { all: -1, leader: 1, none: 0 } as const;
const produceTimeoutMs = 30_000;
const retry = { retries: 8, initialRetryTime: 100, maxRetryTime: 2000 };

/** kafkajs groups a request's records by copying lists, so that its effort grows with the square of this. */
export const maxRecords = 1000;

export async function openWriter(kafka: KafkaOptions, clientId: string, acks: Acks): Promise<RecordWriter> {
  const client = createClient(kafka, { clientId, retry, requestTimeoutMs: produceTimeoutMs });
  const producer: Producer = client.producer({
    // A repeat after a lost answer is recognised by the broker. It acknowledges only what all replicas have.
    idempotent: acks === 'all',
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    retry,
  });
  await producer.connect();
  return {
    async write(records) {
      await producer.sendBatch({
        acks: acksNumber[acks],
        timeout: produceTimeoutMs,
        topicMessages: topicMessages(records),
      });
    },
    close: () => producer.disconnect(),
  };
}

function topicMessages(records: readonly PlacedRecord[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const record of records) {
    const messages = topics.get(record.topic);
    if (messages === undefined) topics.set(record.topic, [messageOf(record)]);
    else messages.push(messageOf(record));
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

function messageOf(record: PlacedRecord): Message {
  return {
    key: bufferOf(record.key),
    value: bufferOf(record.value),
    partition: record.partition,
    ...(record.timestamp === undefined ? {} : { timestamp: String(record.timestamp) }),
    headers: headersOf(record),
  };
}

/** kafkajs takes headers as an object, so equal names come together; their order among themselves is kept. */
function headersOf({ headers }: PlacedRecord): NonNullable<Message['headers']> {
  const grouped = new Map<string, Buffer[]>();
  for (const [name, value] of headers) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const values = grouped.get(name);
    if (values === undefined) grouped.set(name, [bytes]);
    else values.push(bytes);
  }
  // Without a prototype: a header may be called like one of its members.
  const object: NonNullable<Message['headers']> = Object.create(null);
  for (const [name, values] of grouped) object[name] = values.length === 1 ? values[0] : values;
  return object;
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
