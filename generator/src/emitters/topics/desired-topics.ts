import type { Contract, Topic } from '../../model/contract.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import { isLossy } from '../../model/lossy.ts';
import { lossTopicName } from '../../model/naming.ts';
import type { Duration } from '../../model/units.ts';

/** A topic as the broker should have it; configuration in Kafka's own words, every value a string. */
export interface DesiredTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
  readonly purpose: 'events' | 'dead-letters' | 'losses';
  /** Team that answers for what lies in it. */
  readonly owner: string;
  /** `<name>@<major>` of the contracts that want it. */
  readonly contracts: readonly string[];
}

/** What evidence adds to a dead letter's record, at most. */
const evidenceBytes = 64 * 1024;
/** Larger than any record of a loss ledger, and what a broker takes unless it is told otherwise. */
const lossRecordBytes = 1024 * 1024;
const day = 86_400_000;
/** What was lost can be asked about for as long as its events are kept, and for this long at least. */
const lossesKeptMs = 90 * day;

/** Source topics first, then dead letters, then loss ledgers, each in the order of the contracts; one entry for each name. */
export function desiredTopics(set: ContractSet, environment: string | undefined): readonly DesiredTopic[] {
  const wanted = [
    ...set.contracts.map((contract) => eventTopic(contract, topicIn(contract, environment))),
    ...set.contracts.flatMap((contract) => deadLetterTopics(contract, topicIn(contract, environment))),
    ...set.contracts.flatMap((contract) => lossTopics(contract, topicIn(contract, environment))),
  ];
  const byName = new Map<string, DesiredTopic>();
  for (const topic of wanted) {
    const known = byName.get(topic.topic);
    byName.set(topic.topic, known === undefined ? topic : merged(known, topic));
  }
  return [...byName.values()];
}

/** The topic under an environment's overlay; one that the contract does not know changes nothing. */
function topicIn(contract: Contract, environment: string | undefined): Topic {
  return contract.environments.find(({ name }) => name === environment)?.topic ?? contract.topic;
}

function milliseconds(retention: Duration | 'forever'): number {
  return retention === 'forever' ? -1 : Math.ceil(retention.ms);
}

/**
 * Kafka deletes whole segments, and never the one that is written to: segments of a day keep a quiet topic from holding
 * events for up to a week (the broker's default) longer than promised.
 */
function keeping(retentionMs: number): Readonly<Record<string, string>> {
  const segment = retentionMs === -1 ? day : Math.min(day, Math.max(retentionMs, 1));
  return { 'retention.ms': String(retentionMs), 'segment.ms': String(segment) };
}

function eventTopic(contract: Contract, topic: Topic): DesiredTopic {
  return {
    topic: topic.name,
    partitions: topic.partitions,
    replication: topic.replication,
    config: {
      'cleanup.policy': topic.cleanup,
      'max.message.bytes': String(topic.maxMessage.bytes),
      'message.timestamp.type': 'CreateTime',
      'min.insync.replicas': String(topic.minInSync),
      ...keeping(milliseconds(topic.retention)),
    },
    purpose: 'events',
    owner: contract.owner,
    contracts: [`${contract.name}@${contract.major}`],
  };
}

/** A consumer's dead letters, under the prefix that the environment gives the source topic. */
function deadLetterTopics(contract: Contract, source: Topic): readonly DesiredTopic[] {
  const base = contract.topic.name;
  const prefix = source.name.endsWith(base) ? source.name.slice(0, -base.length) : '';
  return contract.consumers.flatMap(({ deadLetter }) =>
    deadLetter === undefined
      ? []
      : {
          topic: prefix + deadLetter.topic,
          partitions: source.partitions,
          replication: source.replication,
          config: {
            'cleanup.policy': 'delete',
            'max.message.bytes': String(source.maxMessage.bytes + evidenceBytes),
            // A dead letter keeps the time of its event: by that clock an old one would be deleted at once.
            'message.timestamp.type': 'LogAppendTime',
            'min.insync.replicas': String(source.minInSync),
            ...keeping(milliseconds(deadLetter.retention)),
          },
          purpose: 'dead-letters',
          owner: deadLetter.owner,
          contracts: [`${contract.name}@${contract.major}`],
        },
  );
}

/** The ledger of every consumer whose policy loses events: a partition for each of the source's. */
function lossTopics(contract: Contract, source: Topic): readonly DesiredTopic[] {
  const kept = milliseconds(source.retention);
  return contract.consumers
    .filter(({ backpressure }) => isLossy(backpressure))
    .map(({ name, owner }) => ({
      topic: lossTopicName(source.name, name),
      partitions: source.partitions,
      replication: source.replication,
      config: {
        'cleanup.policy': 'delete',
        'max.message.bytes': String(lossRecordBytes),
        'message.timestamp.type': 'CreateTime',
        'min.insync.replicas': String(source.minInSync),
        ...keeping(kept === -1 ? -1 : Math.max(kept, lossesKeptMs)),
      },
      purpose: 'losses',
      owner,
      contracts: [`${contract.name}@${contract.major}`],
    }));
}

/** One topic that two contracts want: a stream (whose settings agree), or shared dead letters (the larger of each). */
function merged(one: DesiredTopic, other: DesiredTopic): DesiredTopic {
  const larger = (key: string) => String(Math.max(Number(one.config[key]), Number(other.config[key])));
  const ages = [Number(one.config['retention.ms']), Number(other.config['retention.ms'])];
  return {
    ...one,
    partitions: Math.max(one.partitions, other.partitions),
    config: {
      ...one.config,
      'max.message.bytes': larger('max.message.bytes'),
      ...keeping(ages.includes(-1) ? -1 : Math.max(...ages)),
    },
    contracts: [...new Set([...one.contracts, ...other.contracts])],
  };
}
