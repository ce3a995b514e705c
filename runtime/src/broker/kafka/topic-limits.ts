/** What a producer must know of a topic before it sends. */
import { type BrokerAdmin, BrokerError } from '../broker.ts';

export interface TopicLimits {
  readonly partitions: number;
  /** The largest batch of records that the topic takes, in bytes, less the batch's own header. */
  readonly maxBatchBytes: number;
}

/** Kafka's own default, for topics whose settings may not be read. */
const defaultMaxBytes = 1_048_588;
const batchOverhead = 100;

export async function readTopicLimits(admin: BrokerAdmin, topic: string): Promise<TopicLimits> {
  const [described] = await admin.describeTopics([topic]);
  if (described === undefined) throw new BrokerError('missing-topic', `there is no topic ${topic}`);
  const maxBytes = Number(described.config['max.message.bytes'] ?? defaultMaxBytes);
  return { partitions: described.partitions, maxBatchBytes: maxBytes - batchOverhead };
}
