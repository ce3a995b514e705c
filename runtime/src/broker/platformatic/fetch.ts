/**
 * One fetch: the request is the library's, its answer is read here. The library decodes every record before it gives
 * any, reads each field through a list of chunks, and takes the producer's time for the broker's; here a partition's
 * bytes are laid in one piece, and records are decoded when they are handed over, after the next request has left.
 */
import { type Connection, createAPI, fetchV11, type Reader } from '@platformatic/kafka';
import { byTopic, type Fetched, type FetchRequest } from '../kafka/cluster.ts';
import { ProtocolError } from '../kafka/errors.ts';
import { type AbortedTransaction, decodeBatches, endOf } from './batch-decoder.ts';
import { nameOf } from './responses.ts';

interface Answered {
  readonly topic: string;
  readonly partition: number;
  readonly error: string | undefined;
  readonly logEnd: bigint;
  readonly aborted: readonly AbortedTransaction[];
  readonly batches: Buffer;
}

const readCommitted = 1;
const noEpoch = -1;
const [noSession, finalEpoch] = [0, -1];
const noRack = '';
const nothing = Buffer.alloc(0);

const request = createAPI<Parameters<typeof fetchV11.createRequest>, readonly Answered[]>(
  fetchV11.api.key,
  fetchV11.api.version,
  fetchV11.createRequest,
  (_, __, ___, reader) => readAnswer(reader),
  false,
  false,
);

export async function fetch(connection: Connection, asked: FetchRequest): Promise<readonly Fetched[]> {
  const { maxWaitTime, maxBytes, maxBytesPerPartition, from } = asked;
  const topics = byTopic(from, ({ partition, offset }) => ({
    partition,
    currentLeaderEpoch: noEpoch,
    fetchOffset: offset,
    lastFetchedEpoch: noEpoch,
    partitionMaxBytes: maxBytesPerPartition,
  })).map(({ topic, partitions }) => ({ topicId: topic, partitions: [...partitions] }));
  const answers = await request.async(
    connection,
    maxWaitTime,
    1,
    maxBytes,
    readCommitted,
    noSession,
    finalEpoch,
    topics,
    [],
    noRack,
  );
  return answers.map((answer) => {
    const { topic, partition, error, logEnd, aborted, batches } = answer;
    if (error !== undefined) return { topic, partition, error };
    const offset = from.find((one) => one.topic === topic && one.partition === partition)?.offset ?? 0n;
    const next = endOf(batches) ?? offset;
    return { topic, partition, logEnd, next, records: () => decodeBatches(batches, answer, offset, aborted) };
  });
}

function readAnswer(reader: Reader): readonly Answered[] {
  reader.readInt32(); // throttle time
  const error = nameOf(reader.readInt16());
  if (error !== undefined) throw new ProtocolError(error);
  reader.readInt32(); // session
  const answers: Answered[] = [];
  for (let topics = reader.readInt32(); topics > 0; topics -= 1) {
    const topic = reader.readString(false);
    for (let partitions = reader.readInt32(); partitions > 0; partitions -= 1) {
      answers.push(readPartition(reader, topic));
    }
  }
  return answers;
}

function readPartition(reader: Reader, topic: string): Answered {
  const partition = reader.readInt32();
  const error = nameOf(reader.readInt16());
  const logEnd = reader.readInt64();
  reader.readInt64(); // last stable offset
  reader.readInt64(); // log start
  const aborted: AbortedTransaction[] = [];
  for (let left = reader.readInt32(); left > 0; left -= 1) {
    aborted.push({ producerId: reader.readInt64(), firstOffset: reader.readInt64() });
  }
  reader.readInt32(); // preferred replica
  const batches = reader.readNullableBytes(false) ?? nothing;
  return { topic, partition, error, logEnd, aborted, batches };
}
