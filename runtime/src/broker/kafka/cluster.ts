/**
 * What this folder needs of a client of Kafka: the requests of the protocol, one attempt each. An answer that says
 * `error` rejects with whatever the client makes of it; errors.ts finds the protocol's name in it.
 */
import type { BrokerRecord, PartitionRef } from '../broker.ts';

export interface GroupTopics<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

export interface JoinRequest {
  readonly groupId: string;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly memberId: string;
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

export interface Joined {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

export interface FetchRequest {
  readonly maxWaitTime: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  readonly from: readonly (PartitionRef & { readonly offset: bigint })[];
}

/** What was read of one partition; `error` is the protocol's name of why nothing was. */
export type Fetched = PartitionRef & (FetchedRecords | { readonly error: string });

export interface FetchedRecords {
  readonly logEnd: bigint;
  /** To be read next: beyond markers and aborted records, too. */
  readonly next: bigint;
  /** Without control records, aborted transactions and what lies before the asked offset; decodes when it is called. */
  records(): readonly BrokerRecord[];
}

/** A broker as the coordinator of a group, by a connection that was open when it was had. */
export interface GroupBroker {
  readonly nodeId: number | string;
  isConnected(): boolean;
  joinGroup(request: JoinRequest): Promise<Joined>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly GroupTopics<{ partition: number; offset: string; metadata: string }>[];
  }): Promise<unknown>;
  offsetFetch(request: { groupId: string; topics: readonly GroupTopics<{ partition: number }>[] }): Promise<{
    readonly responses: readonly GroupTopics<{
      readonly partition: number;
      readonly offset: string;
      readonly metadata: string | null;
    }>[];
  }>;
}

/** A cluster of its own: its connections serve one member of one group. */
export interface GroupCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Rejects when one of them does not exist. */
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  /** Looks it up anew. */
  findGroupCoordinator(group: { groupId: string }): Promise<GroupBroker>;
  /** Connects where it is necessary. */
  findBroker(node: { nodeId: number | string }): Promise<GroupBroker>;
  /** Of the leader of these partitions. */
  fetch(node: number, request: FetchRequest): Promise<readonly Fetched[]>;
  /** A connection that was closed is not used again. */
  removeBroker(address: { host: string; port: number }): void;
}

/** How old the picture of topics and leaders may grow: new partitions are found within this time. */
export const metadataMaxAgeMs = 10_000;

export function keyOf({ topic, partition }: PartitionRef): string {
  return `${partition}/${topic}`;
}

export function byTopic<T extends PartitionRef, P>(
  items: readonly T[],
  partition: (item: T) => P,
): readonly GroupTopics<P>[] {
  const topics = new Map<string, P[]>();
  for (const item of items) {
    const list = topics.get(item.topic);
    if (list === undefined) topics.set(item.topic, [partition(item)]);
    else list.push(partition(item));
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** Takes the connection that an error came from out of use. */
export function dropConnection(cluster: GroupCluster, error: unknown): void {
  if (!(error instanceof Error) || !('host' in error) || !('port' in error)) return;
  if (typeof error.host === 'string' && typeof error.port === 'number') {
    cluster.removeBroker({ host: error.host, port: error.port });
  }
}
