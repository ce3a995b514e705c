/** A broker as the coordinator of a group: the requests of a member, each one attempt. */
import {
  type Connection,
  heartbeatV3,
  joinGroupV5,
  leaveGroupV3,
  offsetCommitV7,
  offsetFetchV5,
  syncGroupV3,
} from '@platformatic/kafka';
import type { GroupBroker, Joined, JoinRequest } from '../kafka/cluster.ts';
import { errorType } from '../kafka/errors.ts';
import { answerOf } from './responses.ts';
import type { StaticName } from './static-name.ts';

const protocolType = 'consumer';

export class Coordinator implements GroupBroker {
  readonly nodeId: number;
  readonly #connection: Connection;
  readonly #joining: () => Promise<Connection>;
  readonly #name: StaticName | undefined;

  constructor(
    nodeId: number,
    connection: Connection,
    joining: () => Promise<Connection>,
    name: StaticName | undefined,
  ) {
    this.nodeId = nodeId;
    this.#connection = connection;
    this.#joining = joining;
    this.#name = name;
  }

  get #instanceId(): string | null {
    return this.#name?.id ?? null;
  }

  #watched<T>(group: string, request: Promise<T>): Promise<T> {
    return this.#name === undefined ? request : this.#name.watch(group, request);
  }

  isConnected(): boolean {
    return this.#connection.isConnected();
  }

  async joinGroup(request: JoinRequest): Promise<Joined> {
    const connection = await this.#joining();
    const { generationId, leader, memberId, members } = await this.#watched(
      request.groupId,
      this.#join(connection, request),
    );
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
    const beat = heartbeatV3.api.async(this.#connection, groupId, groupGenerationId, memberId, this.#instanceId);
    return this.#watched(groupId, beat);
  }

  /** A static member does not leave: within the session its next process takes its place, and nothing moves. */
  async leaveGroup({ groupId, memberId }: Parameters<GroupBroker['leaveGroup']>[0]): Promise<void> {
    if (this.#name !== undefined) return;
    await leaveGroupV3.api.async(this.#connection, groupId, [{ memberId }]);
  }

  offsetCommit({
    groupId,
    groupGenerationId,
    memberId,
    topics,
  }: Parameters<GroupBroker['offsetCommit']>[0]): Promise<unknown> {
    const commit = offsetCommitV7.api.async(
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
    return this.#watched(groupId, commit);
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
