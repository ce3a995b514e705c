/** What the runtime asks about topics and groups, and the creation of those that are missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConfigResourceTypes,
  type ConnectionPool,
  createTopicsV4,
  describeConfigsV2,
  describeGroupsV3,
  ListOffsetTimestamps,
  listOffsetsV5,
} from '@platformatic/kafka';
import { type BrokerAdmin, BrokerError, type TopicDescription } from '../broker.ts';
import { ProtocolError } from '../kafka/errors.ts';
import { clientsOf } from '../kafka/group-clients.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import { repeated } from '../kafka/repeated.ts';
import { openPool } from './connections.ts';
import { Metadata } from './metadata.ts';
import { answerOf, nameOf } from './responses.ts';

const requestTimeoutMs = 30_000;
const ledAttempts = 100;
const ledPauseMs = 100;
const readUncommitted = 0;
const consumer = -1;
/** The answer of a partition without a record of that time or later. */
const none = -1n;

export class PlatformaticAdmin implements BrokerAdmin {
  readonly #pool: ConnectionPool;
  readonly #metadata: Metadata;

  constructor(options: KafkaOptions, clientId: string) {
    this.#pool = openPool(options, { clientId, requestTimeoutMs });
    this.#metadata = new Metadata(this.#pool, options);
  }

  describeTopics(topics: readonly string[]): Promise<readonly (TopicDescription | undefined)[]> {
    return repeated(async () => {
      await this.#metadata.read(topics);
      const configs = await this.#configs(topics.filter((topic) => this.#metadata.knows(topic)));
      return topics.map((topic) => {
        if (!this.#metadata.knows(topic)) return undefined;
        const leaders = this.#metadata.leaders(topic);
        const replication = Math.min(...leaders.map(({ replicas }) => replicas));
        return { topic, partitions: leaders.length, replication, config: configs.get(topic) ?? {} };
      });
    });
  }

  /** Settings that may not be read are left out. */
  async #configs(topics: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    if (topics.length === 0) return new Map();
    const asked = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName }));
    const connection = await this.#metadata.anyBroker();
    const { results } = await answerOf(describeConfigsV2.api.async(connection, asked));
    const readable = results.filter(({ errorCode }) => {
      const error = nameOf(errorCode);
      if (error === undefined || error.endsWith('_AUTHORIZATION_FAILED')) return error === undefined;
      throw new ProtocolError(error);
    });
    return new Map(
      readable.map(({ resourceName, configs }) => [
        resourceName,
        Object.fromEntries(configs.map(({ name, value }) => [name, value ?? ''])),
      ]),
    );
  }

  async createTopics(topics: Parameters<BrokerAdmin['createTopics']>[0]): Promise<void> {
    const missing = await repeated(async () => {
      await this.#metadata.read(topics.map(({ topic }) => topic));
      return topics.filter(({ topic }) => !this.#metadata.knows(topic));
    });
    if (missing.length === 0) return;
    await repeated(() => this.#create(missing));
    await this.#untilLed(missing.map(({ topic }) => topic));
  }

  async #create(topics: Parameters<BrokerAdmin['createTopics']>[0]): Promise<void> {
    const asked = topics.map(({ topic, partitions, replication, config }) => ({
      name: topic,
      numPartitions: partitions,
      replicationFactor: replication,
      assignments: [],
      configs: Object.entries(config).map(([name, value]) => ({ name, value })),
    }));
    const connection = await this.#pool.get(this.#metadata.address());
    const answer = await answerOf(createTopicsV4.api.async(connection, asked, requestTimeoutMs, false));
    for (const { name, errorCode, errorMessage } of answer.topics) {
      const error = nameOf(errorCode);
      // Another one created it in between, which is as good.
      if (error === undefined || error === 'TOPIC_ALREADY_EXISTS') continue;
      throw new ProtocolError(error, `${name}: ${errorMessage ?? error}`);
    }
  }

  /** Waits until every partition has a leader. */
  async #untilLed(topics: readonly string[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await repeated(() => this.#metadata.read(topics));
      const led = (topic: string): boolean => {
        const leaders = this.#metadata.leaders(topic);
        return leaders.length > 0 && leaders.every(({ leader }) => leader >= 0);
      };
      if (topics.every(led)) return;
      if (attempt === ledAttempts) throw new BrokerError('unreachable', `${topics.join(', ')} have no leader`);
      await sleep(ledPauseMs);
    }
  }

  offsets(topic: string): ReturnType<BrokerAdmin['offsets']> {
    return repeated(async () => {
      const partitions = await this.#partitions(topic);
      const [starts, ends] = await Promise.all([
        this.#listOffsets(topic, ListOffsetTimestamps.EARLIEST),
        this.#listOffsets(topic, ListOffsetTimestamps.LATEST),
      ]);
      return partitions.map((partition) => ({
        partition,
        start: told(starts, topic, partition),
        end: told(ends, topic, partition),
      }));
    });
  }

  offsetsForTime(topic: string, time: number): ReturnType<BrokerAdmin['offsetsForTime']> {
    return repeated(async () => {
      const partitions = await this.#partitions(topic);
      // One after the other: the end behind a record that is written in between would skip it.
      const ends = await this.#listOffsets(topic, ListOffsetTimestamps.LATEST);
      const firsts = await this.#listOffsets(topic, BigInt(time));
      return partitions.map((partition) => {
        const first = told(firsts, topic, partition);
        return { partition, offset: first === none ? told(ends, topic, partition) : first };
      });
    });
  }

  async #partitions(topic: string): Promise<readonly number[]> {
    await this.#metadata.read([topic]);
    if (!this.#metadata.knows(topic)) throw new BrokerError('missing-topic', `there is no topic ${topic}`);
    return this.#metadata.leaders(topic).map(({ partitionId }) => partitionId);
  }

  async #listOffsets(topic: string, timestamp: bigint): Promise<ReadonlyMap<number, bigint>> {
    const byLeader = new Map<number, { partitionIndex: number; currentLeaderEpoch: number; timestamp: bigint }[]>();
    for (const { partitionId, leader } of this.#metadata.leaders(topic)) {
      const asked = { partitionIndex: partitionId, currentLeaderEpoch: -1, timestamp };
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), asked]);
    }
    const answers = await Promise.all(
      [...byLeader].map(async ([leader, partitions]) => {
        const connection = await this.#pool.get(this.#metadata.address(leader));
        return listOffsetsV5.api.async(connection, consumer, readUncommitted, [{ name: topic, partitions }]);
      }),
    );
    return new Map(
      answers.flatMap(({ topics }) =>
        topics.flatMap(({ partitions }) => partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset])),
      ),
    );
  }

  groupClients(group: string): Promise<readonly string[]> {
    return repeated(async () => {
      const coordinator = await this.#metadata.coordinatorOf(group);
      const connection = await this.#pool.get(this.#metadata.address(coordinator));
      const { groups } = await describeGroupsV3.api.async(connection, [group], false);
      return groups.flatMap(({ protocolData, members }) => clientsOf(protocolData, members));
    });
  }

  async close(): Promise<void> {
    await this.#pool.close().catch(() => {});
  }
}

function told(offsets: ReadonlyMap<number, bigint>, topic: string, partition: number): bigint {
  const offset = offsets.get(partition);
  if (offset === undefined) throw new BrokerError('unreachable', `nobody tells the offsets of ${topic}/${partition}`);
  return offset;
}
