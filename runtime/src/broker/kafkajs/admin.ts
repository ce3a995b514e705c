/** What the runtime asks about topics and groups, and the creation of those that are missing. */
// As one object: Node finds only some of kafkajs' names for a named import.
import kafkajs, { type Admin } from 'kafkajs';
import { type BrokerAdmin, BrokerError, type TopicDescription } from '../broker.ts';
import { errorType } from '../kafka/errors.ts';
import { clientsOf } from '../kafka/group-clients.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import { repeated } from '../kafka/repeated.ts';
import { createClient } from './client.ts';

const ledAttempts = 100;
const ledPauseMs = 100;

export class KafkajsAdmin implements BrokerAdmin {
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(kafka: KafkaOptions, clientId: string) {
    this.#admin = createClient(kafka, { clientId, retry: { retries: 0 }, requestTimeoutMs: 30_000 }).admin();
  }

  async describeTopics(topics: readonly string[]): Promise<readonly (TopicDescription | undefined)[]> {
    return this.#ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const wanted = topics.filter((topic) => existing.has(topic));
      if (wanted.length === 0) return topics.map(() => undefined);
      const metadata = await admin.fetchTopicMetadata({ topics: wanted });
      const configs = await this.#configs(admin, wanted);
      return topics.map((topic) => {
        const partitions = metadata.topics.find(({ name }) => name === topic)?.partitions;
        if (partitions === undefined) return undefined;
        const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
        return { topic, partitions: partitions.length, replication, config: configs.get(topic) ?? {} };
      });
    });
  }

  /** Settings that may not be read are left out. */
  async #configs(
    admin: Admin,
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    try {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
      });
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]),
      );
    } catch (error) {
      if (errorType(error) === 'TOPIC_AUTHORIZATION_FAILED' || errorType(error) === 'CLUSTER_AUTHORIZATION_FAILED') {
        return new Map();
      }
      throw error;
    }
  }

  async groupClients(group: string): Promise<readonly string[]> {
    return this.#ask(async (admin) => {
      // kafkajs looks for a coordinator only among the brokers that it has heard of.
      await admin.describeCluster();
      const { groups } = await admin.describeGroups([group]);
      return groups.flatMap(({ protocol, members }) => clientsOf(protocol, members));
    });
  }

  async createTopics(topics: Parameters<BrokerAdmin['createTopics']>[0]): Promise<void> {
    await this.#ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ topic }) => !existing.has(topic));
      if (missing.length === 0) return;
      // Answers false when another one created them in between, which is as good. kafkajs' own wait for leaders fails
      // when the broker that is asked has not heard of the new topic yet.
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ topic, partitions, replication, config }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor: replication,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        })),
      });
      await untilLed(
        admin,
        missing.map(({ topic }) => topic),
      );
    });
  }

  async offsets(topic: string): ReturnType<BrokerAdmin['offsets']> {
    return this.#ask(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets
        .map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  async offsetsForTime(topic: string, time: number): ReturnType<BrokerAdmin['offsetsForTime']> {
    return this.#ask(async (admin) => {
      const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, time);
      return offsets.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
    });
  }

  async close(): Promise<void> {
    await this.#admin.disconnect().catch(() => {});
  }

  /**
   * kafkajs gives up at the first NOT_LEADER, which a broker answers for a moment after a topic was created, and keeps a
   * connection whose log-in was interrupted.
   */
  #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    return repeated(async () => {
      this.#connected ??= this.#admin.connect();
      const connected = this.#connected;
      try {
        await connected;
        return await question(this.#admin);
      } catch (error) {
        if (this.#connected === connected) {
          this.#connected = undefined;
          await this.close();
        }
        throw error;
      }
    });
  }
}

/** Waits until every partition has a leader; rejects with the broker's last word when that does not come. */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const metadata = await admin.fetchTopicMetadata({ topics });
      if (metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      if (attempt === ledAttempts) throw new BrokerError('unreachable', `${topics.join(', ')} have no leader`);
    } catch (error) {
      const type = errorType(error);
      if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' && type !== 'LEADER_NOT_AVAILABLE') throw error;
      if (attempt === ledAttempts) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ledPauseMs));
  }
}
