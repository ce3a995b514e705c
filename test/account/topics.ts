/** Reads whole topics: from a Kafka, or from the JSON Lines that an in-process broker was written out to. */
import { readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import type { TopicRecord } from './account.ts';

export interface Topics {
  read(topic: string): Promise<readonly TopicRecord[]>;
  close(): Promise<void>;
}

/** One line: `{topic, partition, offset, key, value, headers}`; bytes in base64, headers as `[name, value]`. */
interface Line {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string])[];
}

export function topicsInFile(path: string): Topics {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
  return {
    read: async (topic) =>
      lines
        .filter((line) => line.topic === topic)
        .map((line) => ({
          partition: line.partition,
          offset: line.offset,
          key: bytes(line.key),
          value: bytes(line.value),
          headers: new Map(line.headers.map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')])),
        })),
    close: async () => {},
  };
}

export function topicsInKafka(brokers: readonly string[]): Topics {
  const kafka = new Kafka({ clientId: 'account', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const connected = admin.connect();
  return {
    async read(topic) {
      await connected;
      const ends = await admin.fetchTopicOffsets(topic);
      const wanted = ends.reduce((sum, p) => sum + Number(p.high) - Number(p.low), 0);
      const records: TopicRecord[] = [];
      if (wanted === 0) return records;
      const consumer = kafka.consumer({
        groupId: `account-${topic}-${process.pid}-${Date.now()}`,
        maxWaitTimeInMs: 100,
      });
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, 60_000);
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          records.push({
            partition,
            offset: Number(message.offset),
            key: message.key,
            value: message.value,
            headers: new Map(
              Object.entries(message.headers ?? {}).map(([name, value]) => [name, String([value].flat().at(-1) ?? '')]),
            ),
          });
          if (records.length === wanted) resolve();
        },
      });
      await done;
      clearTimeout(deadline);
      await consumer.disconnect();
      if (records.length !== wanted) throw new Error(`${topic}: ${records.length} of ${wanted} records could be read`);
      return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
    },
    async close() {
      await connected;
      await admin.disconnect();
    },
  };
}
