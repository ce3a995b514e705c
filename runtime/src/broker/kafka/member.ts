/** One member of a consumer group: it joins, keeps itself alive, reads and writes offsets, leaves. */
import {
  type Assignment,
  type BrokerConsumerOptions,
  BrokerError,
  type CommittedOffset,
  type OffsetCommit,
  type PartitionRef,
} from '../broker.ts';
import { assign, assignerName, subscribers } from './assigner.ts';
import { byTopic, dropConnection, type GroupBroker, type GroupCluster, type Joined, keyOf } from './cluster.ts';
import { brokerError, errorType } from './errors.ts';
import { decodeAssignment, encodeSubscription } from './group-protocol.ts';

/** How the group answered a heartbeat. `replaced`: another process is this static member; `unheard`: no answer. */
export type Pulse = 'alive' | 'rebalancing' | 'gone' | 'replaced' | 'unheard';

const readAttempts = 20;
const readPauseMs = 250;

export class GroupMember {
  readonly #cluster: GroupCluster;
  readonly #options: BrokerConsumerOptions;
  #coordinator: GroupBroker | undefined;
  #memberId = '';
  /** The generation under which commits are sent; undefined between letting go and the next assignment. */
  #generation: number | undefined;
  #owned: ReadonlySet<string> = new Set();

  constructor(cluster: GroupCluster, options: BrokerConsumerOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** Joins or rejoins, and answers with what is ours now. Returns only when the whole group has joined. */
  async join(): Promise<Assignment> {
    this.letGo();
    const { group: groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const coordinator = await this.#findCoordinator();
    try {
      const joined = await coordinator.joinGroup({
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [{ name: assignerName, metadata: encodeSubscription(this.#options) }],
      });
      this.#memberId = joined.memberId;
      const leads = joined.leaderId === joined.memberId;
      const { memberAssignment } = await coordinator.syncGroup({
        groupId,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: leads ? await this.#assign(joined.members) : [],
      });
      const partitions = decodeAssignment(memberAssignment);
      this.#generation = joined.generationId;
      this.#owned = new Set(partitions.map(keyOf));
      return { memberId: joined.memberId, generation: joined.generationId, partitions };
    } catch (error) {
      this.#judge(error);
      throw errorType(error) === 'FENCED_INSTANCE_ID' ? replaced(error) : brokerError(error, 'unreachable');
    }
  }

  async #assign(members: Joined['members']) {
    const known = subscribers(members);
    await this.#cluster.addMultipleTargetTopics([...new Set(known.flatMap(({ topics }) => topics))]);
    await this.#cluster.refreshMetadata();
    return assign(known, (topic) => this.#partitionsOf(topic));
  }

  /** Never none: whoever leads with an old picture of the cluster would leave a topic to nobody. */
  #partitionsOf(topic: string): readonly number[] {
    const partitions = this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    if (partitions.length === 0) throw new BrokerError('unreachable', `the partitions of ${topic} are not known yet`);
    return partitions.sort((a, b) => a - b);
  }

  /** From here on nothing is committed any more: what we own is about to be decided anew. */
  letGo(): void {
    this.#generation = undefined;
    this.#owned = new Set();
  }

  async heartbeat(): Promise<Pulse> {
    const generation = this.#generation;
    if (generation === undefined) return 'gone';
    try {
      const coordinator = await this.#connected();
      await coordinator.heartbeat({
        groupId: this.#options.group,
        groupGenerationId: generation,
        memberId: this.#memberId,
      });
      return 'alive';
    } catch (error) {
      this.#judge(error);
      const type = errorType(error);
      if (type === 'REBALANCE_IN_PROGRESS') return 'rebalancing';
      if (type === 'FENCED_INSTANCE_ID') return 'replaced';
      return brokerError(error, 'unreachable').reason === 'fenced' ? 'gone' : 'unheard';
    }
  }

  /** One attempt, under the generation of this call and no other. */
  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    const generation = this.#generation;
    this.#mustOwn(offsets, generation);
    const coordinator = await this.#connected().catch((error: unknown) => {
      throw brokerError(error, 'unreachable');
    });
    // The connection may have taken its time; what was ours then need not be ours now.
    this.#mustOwn(offsets, generation);
    try {
      await coordinator.offsetCommit({
        groupId: this.#options.group,
        groupGenerationId: generation ?? -1,
        memberId: this.#memberId,
        topics: byTopic(offsets, ({ partition, offset, metadata }) => ({
          partition,
          offset: String(offset),
          metadata,
        })),
      });
    } catch (error) {
      this.#judge(error);
      throw brokerError(error, 'unknown');
    }
  }

  #mustOwn(offsets: readonly OffsetCommit[], generation: number | undefined): void {
    if (generation === undefined || generation !== this.#generation) {
      throw new BrokerError('fenced', 'the group is about to share out its partitions anew');
    }
    const foreign = offsets.find((offset) => !this.#owned.has(keyOf(offset)));
    if (foreign !== undefined) throw new BrokerError('fenced', `${foreign.topic}/${foreign.partition} is not ours`);
  }

  /** Reads what the group has committed; waits, within bounds, for a coordinator that is still loading. */
  async committed(partitions: readonly PartitionRef[]): Promise<readonly CommittedOffset[]> {
    if (partitions.length === 0) return [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const coordinator = await this.#connected();
        const { responses } = await coordinator.offsetFetch({
          groupId: this.#options.group,
          topics: byTopic(partitions, ({ partition }) => ({ partition })),
        });
        const found = new Map(
          responses.flatMap(({ topic, partitions: answers }) =>
            answers.map((answer) => [keyOf({ topic, ...answer }), answer]),
          ),
        );
        return partitions.map(({ topic, partition }) => {
          const answer = found.get(keyOf({ topic, partition }));
          const offset = answer === undefined || answer.offset === '-1' ? undefined : BigInt(answer.offset);
          return { topic, partition, offset, metadata: answer?.metadata ?? '' };
        });
      } catch (error) {
        this.#judge(error);
        const told = brokerError(error, 'unreachable');
        if (!told.retryable || attempt === readAttempts) throw told;
        await new Promise((resolve) => setTimeout(resolve, readPauseMs));
      }
    }
  }

  async leave(): Promise<void> {
    const memberId = this.#memberId;
    this.letGo();
    this.#memberId = '';
    if (memberId === '' || this.#coordinator === undefined) return;
    // Best effort: a member that cannot say goodbye is missed after its session time-out.
    await this.#coordinator.leaveGroup({ groupId: this.#options.group, memberId }).catch(() => {});
  }

  async #findCoordinator(): Promise<GroupBroker> {
    try {
      this.#coordinator = await this.#cluster.findGroupCoordinator({ groupId: this.#options.group });
      return this.#coordinator;
    } catch (error) {
      throw brokerError(error, 'unreachable');
    }
  }

  async #connected(): Promise<GroupBroker> {
    const known = this.#coordinator;
    if (known === undefined) return this.#findCoordinator();
    // Through the cluster: a broker that reconnects by itself would not log in again.
    if (!known.isConnected()) this.#coordinator = await this.#cluster.findBroker({ nodeId: known.nodeId });
    return this.#coordinator ?? known;
  }

  /** What an error says about the coordinator and about us. */
  #judge(error: unknown): void {
    const type = errorType(error);
    if (type === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
    if (brokerError(error, 'unreachable').reason !== 'unreachable') return;
    this.#coordinator = undefined;
    dropConnection(this.#cluster, error);
  }
}

/** Joining again would take the place back, and so on. */
export function replaced(cause?: unknown): BrokerError {
  return new BrokerError('refused', 'another process has taken the place of this static member', { cause });
}
