/** What a producer must know of a topic before it sends. */
import { BrokerError } from '../broker.ts';
import { KafkajsAdmin } from './admin.ts';
import type { KafkaOptions } from './client.ts';

export interface TopicLimits {
  readonly partitions: number;
  /** The largest batch of records that the topic takes, in bytes, less the batch's own header. */
  readonly maxBatchBytes: number;
}

/** Kafka's own default, for topics whose settings may not be read. */
const defaultMaxBytes = 1_048_588;
const batchOverhead = 100;

export async function readTopicLimits(kafka: KafkaOptions, clientId: string, topic: string): Promise<TopicLimits> {
  const admin = new KafkajsAdmin(kafka, clientId);
  try {
    const [described] = await admin.describeTopics([topic]);
    if (described === undefined) throw new BrokerError('missing-topic', `there is no topic ${topic}`);
    const maxBytes = Number(described.config['max.message.bytes'] ?? defaultMaxBytes);
    return { partitions: described.partitions, maxBatchBytes: maxBytes - batchOverhead };
  } finally {
    await admin.close();
  }
}
