/**
 * The parts of kafkajs behind its public API that this adapter stands on, each checked when it is taken.
 *
 * kafkajs' own consumer is not run. Its loop rejoins without asking, commits resets of its own, dies after five retries
 * and waits for the slowest partition; the counter-measures would outweigh a loop of our own. What is used instead is
 * the layer below it: the cluster (connections, metadata, coordinator) and the requests of a broker. kafkajs hands the
 * cluster to every partition assigner, which is how it is had.
 */
import { createRequire } from 'node:module';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
// As one object: Node finds only some of kafkajs' names for a named import.
import kafkajs, { type Kafka } from 'kafkajs';
import { BrokerError } from '../broker.ts';
import { type GroupBroker, type GroupCluster, type GroupTopics, metadataMaxAgeMs } from '../kafka/cluster.ts';

const require = createRequire(import.meta.url);

/** A broker of kafkajs. */
export interface KafkajsBroker extends GroupBroker {
  fetch(request: {
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: readonly GroupTopics<{ partition: number; fetchOffset: string; maxBytes: number }>[];
  }): Promise<{
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
  }>;
}

export interface KafkajsCluster extends Omit<GroupCluster, 'findGroupCoordinator' | 'findBroker' | 'fetch'> {
  findGroupCoordinator(group: { groupId: string }): Promise<KafkajsBroker>;
  findBroker(node: { nodeId: number | string }): Promise<KafkajsBroker>;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
}

const clusterMethods: readonly (keyof KafkajsCluster)[] = [
  'connect',
  'disconnect',
  'addMultipleTargetTopics',
  'refreshMetadata',
  'refreshMetadataIfNecessary',
  'findTopicPartitionMetadata',
  'findGroupCoordinator',
  'findBroker',
  'removeBroker',
];
const brokerMethods: readonly (keyof KafkajsBroker)[] = [
  'isConnected',
  'joinGroup',
  'syncGroup',
  'heartbeat',
  'leaveGroup',
  'offsetCommit',
  'offsetFetch',
  'fetch',
];

export function clusterOf(kafka: Kafka, groupId: string): KafkajsCluster {
  let taken: unknown;
  kafka.consumer({
    groupId,
    metadataMaxAge: metadataMaxAgeMs,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        taken = config.cluster;
        return kafkajs.PartitionAssigners.roundRobin(config);
      },
    ],
  });
  const checked = taken;
  if (!isCluster(checked))
    throw new BrokerError('refused', 'this version of kafkajs has another inside: 2.2.4 is known to work');
  return checked;
}

function isCluster(value: unknown): value is KafkajsCluster {
  return hasMethods(value, clusterMethods) && hasMethods(prototypeOf('kafkajs/src/broker'), brokerMethods);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

function prototypeOf(path: string): unknown {
  const loaded: unknown = require(path);
  return typeof loaded === 'function' ? loaded.prototype : undefined;
}

/** A record as kafkajs decodes it. A header that occurs more than once has all its values, in their order. */
export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | null | readonly unknown[]>>;
}

interface FetchedBatch {
  readonly rawMessages: readonly unknown[];
  /** Without control records, aborted transactions and what lies before the asked offset. */
  readonly messages: readonly FetchedMessage[];
  lastOffset(): string;
}

const Batch: new (topic: string, fetchedOffset: string, fetched: FetchedPartition) => FetchedBatch =
  require('kafkajs/src/consumer/batch');

/** The records to be handled, and the offset to read next: beyond markers and aborted records, too. */
export function readFetched(
  topic: string,
  position: bigint,
  fetched: FetchedPartition,
): { readonly messages: readonly FetchedMessage[]; readonly next: bigint } {
  const batch = new Batch(topic, String(position), fetched);
  return {
    messages: batch.messages,
    next: batch.rawMessages.length === 0 ? position : BigInt(batch.lastOffset()) + 1n,
  };
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

let idleTimersStopped = false;

/**
 * kafkajs 2.2.4 sets a timer in the past after every answer, and again whenever that fires: one wake-up a millisecond
 * and connection, and a TimeoutNegativeWarning from Node. With nothing pending there is nothing to wake for.
 */
export function stopIdleTimers(): void {
  if (idleTimersStopped) return;
  idleTimersStopped = true;
  const queue = prototypeOf('kafkajs/src/network/requestQueue');
  if (typeof queue !== 'object' || queue === null) return;
  const schedule: unknown = Reflect.get(queue, 'scheduleCheckPendingRequests');
  if (typeof schedule !== 'function') return;
  Reflect.set(queue, 'scheduleCheckPendingRequests', function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  });
}

/** Node brings zstd; kafkajs takes it from whoever registers it. Snappy and LZ4 stay what they are: refused. */
export function registerZstd(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: async (encoder: { buffer: Buffer }) => zstdCompressSync(encoder.buffer),
    decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
  });
}
