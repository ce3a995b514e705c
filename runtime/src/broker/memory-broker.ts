/**
 * A broker in memory, for tests, demos and local work: topics with partitions chosen as Kafka's clients choose them,
 * groups with generations and a drain before every rebalance, commit metadata, retention by hand, and faults on demand.
 * One cluster serves many brokers (connections), as one Kafka serves many processes; a connection can be cut off.
 */
import { type Clock, systemClock } from '../clock.ts';
import {
  type Broker,
  type BrokerAdmin,
  type BrokerConsumer,
  type BrokerConsumerOptions,
  BrokerError,
  type BrokerErrorReason,
  type BrokerRecord,
  type ConsumerListener,
  type OffsetCommit,
  type OutgoingRecord,
  type PartitionRef,
} from './broker.ts';
import { type GroupMember, MemoryGroup } from './memory-group.ts';
import { type MemoryPartition, MemoryTopic } from './memory-log.ts';

export interface Fault {
  readonly operation: 'produce' | 'commit' | 'committed' | 'confirm';
  /** Only calls that touch this topic. */
  readonly topic?: string;
  readonly reason: BrokerErrorReason;
  /** Whether the call took effect all the same: its answer was lost. Default: false. */
  readonly applied?: boolean;
  /** How many calls fail. Default: 1. */
  readonly times?: number;
}

/** One process' view of the cluster. */
export interface MemoryBroker extends Broker {
  /** Cuts the connection as a kill would: members are thrown out, and nothing that is asked later is ever answered. */
  sever(): void;
}

export interface MemoryCluster {
  /** A connection of its own, as another process would have. */
  broker(): MemoryBroker;
  createTopic(topic: string, partitions: number, config?: Readonly<Record<string, string>>): void;
  /** Past every producer; answers where the record went. */
  publish(record: OutgoingRecord): BrokerRecord;
  /** Everything that is kept of a topic, partition after partition. */
  records(topic: string): readonly BrokerRecord[];
  /** Next offset of each partition; `[]` for a topic that does not exist. */
  ends(topic: string): readonly bigint[];
  committed(
    group: string,
    topic: string,
    partition: number,
  ): { readonly offset: bigint | undefined; readonly metadata: string };
  /** An operator's commit, past every member. */
  commit(group: string, offset: OffsetCommit): void;
  /** Removes records below the offset, as retention does. */
  deleteBefore(topic: string, partition: number, offset: bigint): void;
  /** Leaves an offset without a record, as a transaction marker does. */
  skipOffset(topic: string, partition: number): void;
  fail(fault: Fault): void;
  /** Forgets every fault that is left. */
  heal(): void;
  /** Throws every member of the group out, as expired sessions would; they are told and may come back. */
  expireSessions(group: string): Promise<void>;
}

interface MemberConnection extends GroupMember {
  readonly positions: Map<string, bigint>;
  readonly paused: Set<string>;
  readonly group: MemoryGroup;
}

/** Records of one partition that a member is handed at once. */
const fetchSize = 500;

export function memoryCluster(options: { readonly clock?: Clock } = {}): MemoryCluster {
  const clock = options.clock ?? systemClock;
  const topics = new Map<string, MemoryTopic>();
  const groups = new Map<string, MemoryGroup>();
  const fetching = new Set<MemberConnection>();
  const faults: { readonly fault: Fault; left: number }[] = [];
  let pumping = false;
  let names = 0;

  const topicOf = (name: string): MemoryTopic => {
    const topic = topics.get(name);
    if (topic === undefined) throw new BrokerError('missing-topic', `topic ${name} does not exist`);
    return topic;
  };
  const partitionOf = ({ topic, partition }: PartitionRef): MemoryPartition => {
    const found = topicOf(topic).partitions[partition];
    if (found === undefined) throw new BrokerError('missing-topic', `topic ${topic} has no partition ${partition}`);
    return found;
  };
  const groupOf = (id: string): MemoryGroup => {
    const known = groups.get(id) ?? new MemoryGroup(clock, (topic) => topics.get(topic)?.partitions.length ?? 0, wake);
    groups.set(id, known);
    return known;
  };
  const wake = () => {
    if (pumping) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      for (const member of fetching) if (deliver(member, partitionOf)) wake();
    });
  };
  const strike = (operation: Fault['operation'], touched: readonly string[], apply: () => void) => {
    const at = faults.findIndex(
      ({ fault }) => fault.operation === operation && (fault.topic === undefined || touched.includes(fault.topic)),
    );
    const found = faults[at];
    if (found === undefined) return apply();
    found.left -= 1;
    if (found.left <= 0) faults.splice(at, 1);
    if (found.fault.applied === true) apply();
    throw new BrokerError(found.fault.reason, `scripted fault: ${operation} ${found.fault.reason}`);
  };
  const append = (records: readonly OutgoingRecord[]): readonly BrokerRecord[] => {
    const placed = records.map((record) => {
      const topic = topicOf(record.topic);
      return { record, topic, partition: topic.place(record) };
    });
    const stored = placed.map(({ record, topic, partition }) => topic.append(partition, record, clock.now()));
    wake();
    return stored;
  };
  const createTopic = (topic: string, partitions: number, config: Readonly<Record<string, string>> = {}) => {
    if (!topics.has(topic)) topics.set(topic, new MemoryTopic({ topic, partitions, replication: 1, config }));
  };

  const admin: BrokerAdmin = {
    describeTopics: async (wanted) => wanted.map((name) => topics.get(name)?.description),
    createTopics: async (wanted) => {
      for (const { topic, partitions, config } of wanted) createTopic(topic, partitions, config);
    },
    groupClients: async (group) => groupOf(group).members.map(({ options: { clientId } }) => clientId),
    offsets: async (topic) => topicOf(topic).partitions.map(({ partition, start, end }) => ({ partition, start, end })),
    offsetsForTime: async (topic, time) =>
      topicOf(topic).partitions.map((log) => ({ partition: log.partition, offset: log.firstSince(time) })),
  };

  const connect = (): MemoryBroker => {
    const members = new Set<MemberConnection>();
    let severed = false;
    // What a dead process asks is never answered; a promise that stays open is exactly that.
    const answer = async <T>(call: () => T | Promise<T>): Promise<T> => {
      await Promise.resolve();
      if (severed) return new Promise<never>(() => undefined);
      const answered = await call();
      return severed ? new Promise<never>(() => undefined) : answered;
    };
    const open = (wanted: BrokerConsumerOptions, listener: ConsumerListener): BrokerConsumer => {
      names += 1;
      const group = groupOf(wanted.group);
      const positions = new Map<string, bigint>();
      const paused = new Set<string>();
      const member: MemberConnection = {
        id: `${wanted.clientId}-${names}`,
        options: wanted,
        listener: guarded(listener, positions, paused, () => severed),
        generation: 0,
        partitions: [],
        gone: false,
        positions,
        paused,
        group,
      };
      return {
        start: () =>
          answer(async () => {
            for (const topic of wanted.topics) topicOf(topic);
            members.add(member);
            fetching.add(member);
            await group.join(member);
          }),
        seek: (ref, offset) => member.positions.set(name(ref), offset),
        pause: (refs) => {
          for (const ref of refs) member.paused.add(name(ref));
        },
        resume: (refs) => {
          for (const ref of refs) member.paused.delete(name(ref));
          wake();
        },
        committed: (refs) =>
          answer(() => {
            strike('committed', wanted.topics, () => undefined);
            return group.committed(refs);
          }),
        commit: (offsets) => answer(() => strike('commit', wanted.topics, () => group.commit(member, offsets))),
        confirm: () => answer(() => strike('confirm', wanted.topics, () => group.confirm(member))),
        stop: () =>
          answer(() => {
            members.delete(member);
            fetching.delete(member);
            // Whoever leaves waits for nobody; the others rebalance behind its back.
            group.remove(member);
          }),
      };
    };
    const broker: MemoryBroker = {
      name: 'memory',
      features: { drainOnRevoke: true, commitMetadata: true, timestamps: 'create' },
      connect: () => answer(() => undefined),
      producer: () => ({
        send: (records) =>
          answer(() => {
            const touched = records.map((record) => record.topic);
            strike('produce', touched, () => append(records));
          }),
        close: () => answer(() => undefined),
      }),
      consumer: open,
      admin: () => admin,
      close: () =>
        answer(() => {
          for (const member of members) {
            fetching.delete(member);
            member.group.remove(member);
          }
          members.clear();
        }),
      sever() {
        severed = true;
        for (const member of members) {
          fetching.delete(member);
          member.group.remove(member);
        }
      },
    };
    return broker;
  };

  return {
    broker: connect,
    createTopic,
    publish(record) {
      const [stored] = append([record]);
      if (stored === undefined) throw new BrokerError('refused', 'nothing was written');
      return stored;
    },
    records: (topic) => topicOf(topic).partitions.flatMap((partition) => partition.read(0n, Number.POSITIVE_INFINITY)),
    ends: (topic) => topics.get(topic)?.partitions.map((partition) => partition.end) ?? [],
    committed(group, topic, partition) {
      const [held] = groupOf(group).committed([{ topic, partition }]);
      return { offset: held?.offset, metadata: held?.metadata ?? '' };
    },
    commit: (group, offset) => groupOf(group).write([offset]),
    deleteBefore: (topic, partition, offset) => partitionOf({ topic, partition }).deleteBefore(offset),
    skipOffset: (topic, partition) => partitionOf({ topic, partition }).skip(),
    fail: (fault) => faults.push({ fault, left: fault.times ?? 1 }),
    heal: () => {
      faults.length = 0;
    },
    async expireSessions(id) {
      const group = groupOf(id);
      for (const member of group.members) {
        member.generation = 0;
        member.listener.lost();
      }
      await group.rebalance();
    },
  };
}

/** Hands over what is there; answers whether there may be more. */
function deliver(member: MemberConnection, partitionOf: (ref: PartitionRef) => MemoryPartition): boolean {
  let more = false;
  for (const ref of member.partitions) {
    const id = name(ref);
    const position = member.positions.get(id);
    if (position === undefined || member.paused.has(id)) continue;
    const log = partitionOf(ref);
    if (position < log.start || position > log.end) {
      member.paused.add(id);
      member.listener.offsetLost(ref, position);
      continue;
    }
    const records = log.read(position, fetchSize);
    const next = records.length < fetchSize ? log.end : (records.at(-1)?.offset ?? position) + 1n;
    if (next === position) continue;
    member.positions.set(id, next);
    member.listener.records(ref, records, log.end, next);
    more = true;
  }
  return more;
}

/** A dead process hears nothing; an assignment starts with every partition paused and no position. */
function guarded(
  listener: ConsumerListener,
  positions: Map<string, bigint>,
  paused: Set<string>,
  deaf: () => boolean,
): ConsumerListener {
  return {
    assigned: (assignment) => {
      positions.clear();
      for (const ref of assignment.partitions) paused.add(name(ref));
      if (!deaf()) listener.assigned(assignment);
    },
    revoking: async () => {
      if (!deaf()) await listener.revoking();
    },
    lost: () => {
      if (!deaf()) listener.lost();
    },
    records: (ref, records, logEnd, next) => {
      if (!deaf()) listener.records(ref, records, logEnd, next);
    },
    offsetLost: (ref, position) => {
      if (!deaf()) listener.offsetLost(ref, position);
    },
    failed: (error, fatal) => {
      if (!deaf()) listener.failed(error, fatal);
    },
    recovered: () => {
      if (!deaf()) listener.recovered();
    },
  };
}

function name(ref: PartitionRef): string {
  return `${ref.topic}/${ref.partition}`;
}
