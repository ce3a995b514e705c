/** kafkajs as the port of requests: its fetch answers in other words, and refuses a whole answer for one partition. */
import { BrokerError, type BrokerRecord, type Headers, type PartitionRef } from '../broker.ts';
import { byTopic, type Fetched, type FetchRequest, type GroupBroker, type GroupCluster } from '../kafka/cluster.ts';
import {
  type FetchedMessage,
  type FetchedPartition,
  type KafkajsBroker,
  type KafkajsCluster,
  readFetched,
} from './internals.ts';

const readCommitted = 1;

export function groupCluster(cluster: KafkajsCluster): GroupCluster {
  return {
    connect: () => cluster.connect(),
    disconnect: () => cluster.disconnect(),
    addMultipleTargetTopics: (topics) => cluster.addMultipleTargetTopics(topics),
    refreshMetadata: () => cluster.refreshMetadata(),
    refreshMetadataIfNecessary: () => cluster.refreshMetadataIfNecessary(),
    findTopicPartitionMetadata: (topic) => cluster.findTopicPartitionMetadata(topic),
    findGroupCoordinator: async (group) => groupBroker(await cluster.findGroupCoordinator(group)),
    findBroker: async (node) => groupBroker(await cluster.findBroker(node)),
    fetch: async (node, request) => fetch(await cluster.findBroker({ nodeId: node }), request),
    removeBroker: (address) => cluster.removeBroker(address),
  };
}

function groupBroker(broker: KafkajsBroker): GroupBroker {
  return {
    nodeId: broker.nodeId,
    isConnected: () => broker.isConnected(),
    joinGroup: (request) => broker.joinGroup(request),
    syncGroup: (request) => broker.syncGroup(request),
    heartbeat: (request) => broker.heartbeat(request),
    leaveGroup: (request) => broker.leaveGroup(request),
    offsetCommit: (request) => broker.offsetCommit(request),
    offsetFetch: (request) => broker.offsetFetch(request),
  };
}

async function fetch(broker: KafkajsBroker, request: FetchRequest): Promise<readonly Fetched[]> {
  const { maxWaitTime, maxBytes, maxBytesPerPartition, from } = request;
  try {
    const { responses } = await broker.fetch({
      isolationLevel: readCommitted,
      maxWaitTime,
      minBytes: 1,
      maxBytes,
      topics: byTopic(from, ({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: maxBytesPerPartition,
      })),
    });
    return responses.flatMap(({ topicName: topic, partitions }) =>
      partitions.map((fetched) => {
        const asked = from.find((one) => one.topic === topic && one.partition === fetched.partition);
        return readPartition({ topic, partition: fetched.partition }, asked?.offset ?? 0n, fetched);
      }),
    );
  } catch (error) {
    const lost = outOfRange(error);
    if (lost === undefined) throw readingError(error, from);
    return [{ ...lost, error: 'OFFSET_OUT_OF_RANGE' }];
  }
}

function readPartition(ref: PartitionRef, offset: bigint, fetched: FetchedPartition): Fetched {
  const { messages, next } = readFetched(ref.topic, offset, fetched);
  return {
    ...ref,
    logEnd: BigInt(fetched.highWatermark),
    next,
    records: () => messages.map((message) => recordOf(ref, message)),
  };
}

function readingError(error: unknown, from: readonly PartitionRef[]): unknown {
  if (!(error instanceof Error) || error.name !== 'KafkaJSNotImplemented') return error;
  const topics = [...new Set(from.map(({ topic }) => topic))].join(', ');
  const advice = `Register a codec with kafkajs' CompressionCodecs before the runtime starts (for example npm kafkajs-snappy or kafkajs-lz4), or let the producers use gzip or zstd`;
  return new BrokerError('refused', `${topics} cannot be read: ${error.message}. ${advice}`, { cause: error });
}

function outOfRange(error: unknown): PartitionRef | undefined {
  if (!(error instanceof Error) || error.name !== 'KafkaJSOffsetOutOfRange') return undefined;
  const { topic, partition } = error as Error & { readonly topic?: unknown; readonly partition?: unknown };
  return typeof topic === 'string' && typeof partition === 'number' ? { topic, partition } : undefined;
}

const nothing = new Uint8Array(0);

function recordOf({ topic, partition }: PartitionRef, message: FetchedMessage): BrokerRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
  };
}

const none: Headers = [];

/**
 * kafkajs looks a header's earlier values up in a plain object, so that one called `constructor` seems to have had one:
 * only bytes are taken.
 */
function headersOf(headers: FetchedMessage['headers']): Headers {
  if (headers === undefined) return none;
  const list: [string, Uint8Array][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value instanceof Uint8Array) list.push([name, value]);
    else if (value === null) list.push([name, nothing]);
    else for (const one of value) if (one === null || one instanceof Uint8Array) list.push([name, one ?? nothing]);
  }
  return list;
}
