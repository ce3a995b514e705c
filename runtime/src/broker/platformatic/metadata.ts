/** What is known of a cluster: its brokers, and the leaders of the topics that are asked about. */
import {
  type Broker,
  type Connection,
  type ConnectionPool,
  FindCoordinatorKeyTypes,
  findCoordinatorV2,
  metadataV8,
} from '@platformatic/kafka';
import { BrokerError } from '../broker.ts';
import { metadataMaxAgeMs } from '../kafka/cluster.ts';
import { ProtocolError } from '../kafka/errors.ts';
import { brokersOf, type KafkaOptions } from '../kafka/options.ts';
import { answerOf, nameOf } from './responses.ts';

export interface PartitionLeader {
  readonly partitionId: number;
  /** -1: none now. */
  readonly leader: number;
  readonly replicas: number;
}

export class Metadata {
  readonly #pool: ConnectionPool;
  readonly #options: KafkaOptions;
  readonly #topics = new Map<string, readonly PartitionLeader[]>();
  #nodes = new Map<number, Broker>();
  #controller = -1;
  readonly #wanted = new Set<string>();
  #readAt = 0;
  #reading: Promise<void> | undefined;

  constructor(pool: ConnectionPool, options: KafkaOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Topics that are asked about from now on; rejects when one of them does not exist. */
  async want(topics: readonly string[]): Promise<void> {
    const added = topics.filter((topic) => !this.#wanted.has(topic));
    if (added.length === 0) return;
    await this.read(added);
    const missing = added.find((topic) => !this.knows(topic));
    if (missing !== undefined) throw new BrokerError('missing-topic', `there is no topic ${missing}`);
    for (const topic of added) this.#wanted.add(topic);
  }

  /** One question at a time; who asks meanwhile gets its answer. */
  refresh(): Promise<void> {
    this.#reading ??= this.read([...this.#wanted]).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Asks the cluster about itself and about these topics. */
  async read(topics: readonly string[]): Promise<void> {
    const connection = await this.anyBroker();
    const {
      brokers,
      controllerId,
      topics: described,
    } = await answerOf(metadataV8.api.async(connection, [...topics], false));
    this.#nodes = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.#controller = controllerId;
    this.#readAt = Date.now();
    for (const { name, errorCode, partitions } of described) this.#note(name ?? '', nameOf(errorCode), partitions);
  }

  get isOld(): boolean {
    return Date.now() - this.#readAt > metadataMaxAgeMs;
  }

  knows(topic: string): boolean {
    return this.#topics.has(topic);
  }

  leaders(topic: string): readonly PartitionLeader[] {
    return this.#topics.get(topic) ?? [];
  }

  leaderOf(topic: string, partition: number): number {
    return this.leaders(topic).find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  }

  /** Where a broker is; the controller where `node` is left out. */
  address(node = this.#controller): Broker {
    const address = this.#nodes.get(node);
    if (address === undefined) throw new BrokerError('unreachable', `broker ${node} is not known`);
    return address;
  }

  /** The broker that coordinates a group, asked for anew. */
  async coordinatorOf(group: string): Promise<number> {
    const connection = await this.anyBroker();
    const { coordinators } = await findCoordinatorV2.api.async(connection, FindCoordinatorKeyTypes.GROUP, [group]);
    const [found] = coordinators;
    if (found === undefined) throw new BrokerError('unreachable', `nobody coordinates ${group}`);
    this.#nodes.set(found.nodeId, found);
    return found.nodeId;
  }

  #note(topic: string, error: string | undefined, partitions: metadataV8.MetadataResponsePartition[]): void {
    if (error === 'UNKNOWN_TOPIC_OR_PARTITION') this.#topics.delete(topic);
    // Between creation and the election of its leaders.
    else if (error === 'LEADER_NOT_AVAILABLE') this.#topics.set(topic, this.leaders(topic));
    else if (error !== undefined) throw new ProtocolError(error);
    else {
      const known = partitions.map(({ partitionIndex, leaderId, replicaNodes }) => ({
        partitionId: partitionIndex,
        leader: leaderId,
        replicas: replicaNodes.length,
      }));
      this.#topics.set(topic, known);
    }
  }

  /** Of those that were named, else of those that were heard of. */
  async anyBroker(): Promise<Connection> {
    try {
      return await this.#pool.getFirstAvailable([...brokersOf(this.#options)]);
    } catch (error) {
      if (this.#nodes.size === 0) throw error;
      return this.#pool.getFirstAvailable([...this.#nodes.values()]);
    }
  }
}
