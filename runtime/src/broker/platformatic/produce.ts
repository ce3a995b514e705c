/** One request of a producer: batches that are encoded already, and what the leader says to each. */
import { type Connection, createAPI, produceV7, Writer } from '@platformatic/kafka';
import type { PartitionRef } from '../broker.ts';
import { byTopic } from '../kafka/cluster.ts';
import type { Acks } from '../kafka/producer.ts';
import { answerOf } from './responses.ts';

export interface PlacedBatch extends PartitionRef {
  readonly bytes: Buffer;
}

const acksNumber = { all: -1, leader: 1, none: 0 } as const;
/** How long a leader waits for its followers. */
const produceTimeoutMs = 30_000;

const request = createAPI<[Acks, readonly PlacedBatch[]], boolean | produceV7.ProduceResponse>(
  produceV7.api.key,
  produceV7.api.version,
  createRequest,
  produceV7.parseResponse,
  false,
  false,
);

/** Nothing is answered under `none`. */
export async function produce(
  connection: Connection,
  acks: Acks,
  batches: readonly PlacedBatch[],
): Promise<readonly (PartitionRef & { readonly errorCode: number })[]> {
  const answer = await answerOf(request.async(connection, acks, batches));
  if (typeof answer === 'boolean') return [];
  return answer.responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map(({ index, errorCode }) => ({ topic: name, partition: index, errorCode })),
  );
}

function createRequest(acks: Acks, batches: readonly PlacedBatch[]): Writer {
  const writer = Writer.create()
    .appendString(null, false) // no transaction
    .appendInt16(acksNumber[acks])
    .appendInt32(produceTimeoutMs);
  const topics = byTopic(batches, (batch) => batch);
  writer.appendInt32(topics.length);
  for (const { topic, partitions } of topics) {
    writer.appendString(topic, false).appendInt32(partitions.length);
    for (const { partition, bytes } of partitions) {
      writer.appendInt32(partition).appendInt32(bytes.length).append(bytes);
    }
  }
  if (acks === 'none') writer.context.noResponse = true;
  return writer;
}
