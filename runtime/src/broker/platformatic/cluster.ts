/**
 * @platformatic/kafka as the port of requests. Its consumer is not run: what is used is the layer below it, all of it
 * public: pools of connections, and one function for each request of the protocol.
 *
 * Versions are fixed to the lowest ones that say everything: brokers since Kafka 2.3 speak them, 4.x included.
 */
import type { ConnectionPool } from '@platformatic/kafka';
import type { BrokerConsumerOptions } from '../broker.ts';
import type { Fetched, FetchRequest, GroupBroker, GroupCluster } from '../kafka/cluster.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import { openPool } from './connections.ts';
import { Coordinator } from './coordinator.ts';
import { fetch } from './fetch.ts';
import { Metadata } from './metadata.ts';
import type { StaticName } from './static-name.ts';

/** Beyond the time that the group may take to join. */
const joinGraceMs = 5000;

export class PlatformaticCluster implements GroupCluster {
  readonly #group: string;
  readonly #name: StaticName | undefined;
  /** Joining waits for the whole group, a fetch for records: neither may hold up a heartbeat or a commit. */
  readonly #requests: ConnectionPool;
  readonly #joins: ConnectionPool;
  readonly #fetches: ConnectionPool;
  readonly #metadata: Metadata;

  constructor(
    options: KafkaOptions,
    name: StaticName | undefined,
    { clientId, group, rebalanceTimeoutMs }: BrokerConsumerOptions,
    requestTimeoutMs: number,
  ) {
    this.#group = group;
    this.#name = name;
    this.#requests = openPool(options, { clientId, requestTimeoutMs });
    this.#joins = openPool(options, { clientId, requestTimeoutMs: rebalanceTimeoutMs + joinGraceMs });
    this.#fetches = openPool(options, { clientId, requestTimeoutMs });
    this.#metadata = new Metadata(this.#requests, options);
  }

  async connect(): Promise<void> {
    this.#name?.mustBeOurs(this.#group);
    await this.#metadata.anyBroker();
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
    return this.findBroker({ nodeId: await this.#metadata.coordinatorOf(groupId) });
  }

  async findBroker({ nodeId }: { nodeId: number | string }): Promise<GroupBroker> {
    const node = Number(nodeId);
    const connection = await this.#requests.get(this.#metadata.address(node));
    const joining = () => this.#joins.get(this.#metadata.address(node));
    return new Coordinator(node, connection, joining, this.#name);
  }

  async fetch(node: number, request: FetchRequest): Promise<readonly Fetched[]> {
    return fetch(await this.#fetches.get(this.#metadata.address(node)), request);
  }

  /** A pool takes a connection out by itself when it is closed. */
  removeBroker(): void {}
}
