/**
 * @platformatic/kafka as the port of requests. Its consumer is not run: what is used is the layer below it, all of it
 * public: pools of connections, and one function for each request of the protocol.
 *
 * Versions are fixed to the lowest ones that say everything: brokers since Kafka 2.3 speak them, 4.x included.
 */
import {
  type Connection,
  type ConnectionPool,
  FindCoordinatorKeyTypes,
  findCoordinatorV2,
  heartbeatV3,
  joinGroupV5,
  leaveGroupV3,
  offsetCommitV7,
  offsetFetchV5,
  syncGroupV3,
} from '@platformatic/kafka';
import { type BrokerConsumerOptions, BrokerError } from '../broker.ts';
import type { Fetched, FetchRequest, GroupBroker, GroupCluster, Joined, JoinRequest } from '../kafka/cluster.ts';
import { errorType } from '../kafka/errors.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import { anyBroker, openPool } from './connections.ts';
import { fetch } from './fetch.ts';
import { Metadata } from './metadata.ts';
import { answerOf } from './responses.ts';

const protocolType = 'consumer';
/** Beyond the time that the group may take to join. */
const joinGraceMs = 5000;

export class PlatformaticCluster implements GroupCluster {
  readonly #options: KafkaOptions;
  readonly #instanceId: string | null;
  /** Joining waits for the whole group, a fetch for records: neither may hold up a heartbeat or a commit. */
  readonly #requests: ConnectionPool;
  readonly #joins: ConnectionPool;
  readonly #fetches: ConnectionPool;
  readonly #metadata: Metadata;

  constructor(
    options: KafkaOptions,
    instanceId: string | undefined,
    { clientId, rebalanceTimeoutMs }: BrokerConsumerOptions,
    requestTimeoutMs: number,
  ) {
    this.#options = options;
    this.#instanceId = instanceId ?? null;
    this.#requests = openPool(options, { clientId, requestTimeoutMs });
    this.#joins = openPool(options, { clientId, requestTimeoutMs: rebalanceTimeoutMs + joinGraceMs });
    this.#fetches = openPool(options, { clientId, requestTimeoutMs });
    this.#metadata = new Metadata(this.#requests, options);
  }

  async connect(): Promise<void> {
    await anyBroker(this.#requests, this.#options);
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.#requests.close(), this.#joins.close(), this.#fetches.close()]);
  }

  addMultipleTargetTopics(topics: readonly string[]): Promise<void> {
    return this.#metadata.want(topics);
  }

  refreshMetadata(): Promise<void> {
    return this.#metadata.refresh();
  }

  async refreshMetadataIfNecessary(): Promise<void> {
    if (this.#metadata.isOld) await this.#metadata.refresh();
  }

  findTopicPartitionMetadata(topic: string) {
    return this.#metadata.leaders(topic);
  }

  async findGroupCoordinator({ groupId }: { groupId: string }): Promise<GroupBroker> {
    const connection = await anyBroker(this.#requests, this.#options);
    const { coordinators } = await findCoordinatorV2.api.async(connection, FindCoordinatorKeyTypes.GROUP, [groupId]);
    const [found] = coordinators;
    if (found === undefined) throw new BrokerError('unreachable', `nobody coordinates ${groupId}`);
    this.#metadata.note(found.nodeId, found);
    return this.findBroker(found);
  }

  async findBroker({ nodeId }: { nodeId: number | string }): Promise<GroupBroker> {
    const node = Number(nodeId);
    const connection = await this.#requests.get(this.#metadata.address(node));
    const joining = () => this.#joins.get(this.#metadata.address(node));
    return new Coordinator(node, connection, joining, this.#instanceId);
  }

  async fetch(node: number, request: FetchRequest): Promise<readonly Fetched[]> {
    return fetch(await this.#fetches.get(this.#metadata.address(node)), request);
  }

  /** A pool takes a connection out by itself when it is closed. */
  removeBroker(): void {}
}

class Coordinator implements GroupBroker {
  readonly nodeId: number;
  readonly #connection: Connection;
  readonly #joining: () => Promise<Connection>;
  readonly #instanceId: string | null;

  constructor(nodeId: number, connection: Connection, joining: () => Promise<Connection>, instanceId: string | null) {
    this.nodeId = nodeId;
    this.#connection = connection;
    this.#joining = joining;
    this.#instanceId = instanceId;
  }

  isConnected(): boolean {
    return this.#connection.isConnected();
  }

  async joinGroup(request: JoinRequest): Promise<Joined> {
    const connection = await this.#joining();
    const { generationId, leader, memberId, members } = await this.#join(connection, request);
    return {
      generationId,
      leaderId: leader,
      memberId,
      members: members.map((member) => ({ memberId: member.memberId, memberMetadata: member.metadata })),
    };
  }

  /** A member without a name gets one first, and joins under it. */
  async #join(connection: Connection, request: JoinRequest): Promise<joinGroupV5.JoinGroupResponse> {
    const { groupId, sessionTimeout, rebalanceTimeout, memberId, groupProtocols } = request;
    const protocols = groupProtocols.map(({ name, metadata }) => ({ name, metadata }));
    const join = (as: string) =>
      joinGroupV5.api.async(
        connection,
        groupId,
        sessionTimeout,
        rebalanceTimeout,
        as,
        this.#instanceId,
        protocolType,
        protocols,
      );
    try {
      return await join(memberId);
    } catch (error) {
      if (errorType(error) !== 'MEMBER_ID_REQUIRED') throw error;
      const { memberId: name } = await answerOf<joinGroupV5.JoinGroupResponse>(Promise.reject(error));
      return join(name);
    }
  }

  async syncGroup({ groupId, generationId, memberId, groupAssignment }: Parameters<GroupBroker['syncGroup']>[0]) {
    const connection = await this.#joining();
    const { assignment } = await syncGroupV3.api.async(
      connection,
      groupId,
      generationId,
      memberId,
      this.#instanceId,
      null,
      null,
      groupAssignment.map((one) => ({ memberId: one.memberId, assignment: one.memberAssignment })),
    );
    return { memberAssignment: assignment };
  }

  heartbeat({ groupId, groupGenerationId, memberId }: Parameters<GroupBroker['heartbeat']>[0]): Promise<unknown> {
    return heartbeatV3.api.async(this.#connection, groupId, groupGenerationId, memberId, this.#instanceId);
  }

  /** A static member does not leave: within the session its next process takes its place, and nothing moves. */
  async leaveGroup({ groupId, memberId }: Parameters<GroupBroker['leaveGroup']>[0]): Promise<void> {
    if (this.#instanceId !== null) return;
    await leaveGroupV3.api.async(this.#connection, groupId, [{ memberId }]);
  }

  offsetCommit({
    groupId,
    groupGenerationId,
    memberId,
    topics,
  }: Parameters<GroupBroker['offsetCommit']>[0]): Promise<unknown> {
    return offsetCommitV7.api.async(
      this.#connection,
      groupId,
      groupGenerationId,
      memberId,
      this.#instanceId,
      topics.map(({ topic, partitions }) => ({
        name: topic,
        partitions: partitions.map(({ partition, offset, metadata }) => ({
          partitionIndex: partition,
          committedOffset: BigInt(offset),
          committedLeaderEpoch: -1,
          committedMetadata: metadata,
        })),
      })),
    );
  }

  async offsetFetch({ groupId, topics }: Parameters<GroupBroker['offsetFetch']>[0]) {
    const asked = topics.map(({ topic, partitions }) => ({
      name: topic,
      partitionIndexes: partitions.map(({ partition }) => partition),
    }));
    const answer = await offsetFetchV5.api.async(
      this.#connection,
      [{ groupId, memberEpoch: -1, topics: asked }],
      false,
    );
    return {
      responses: answer.topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ partitionIndex, committedOffset, metadata }) => ({
          partition: partitionIndex,
          offset: String(committedOffset),
          metadata: metadata ?? null,
        })),
      })),
    };
  }
}
