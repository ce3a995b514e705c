/** What the broker suite drives an adapter with: members that write down everything they are told. */
import { randomUUID } from 'node:crypto';
import type {
  Assignment,
  Broker,
  BrokerConsumer,
  BrokerRecord,
  ConsumerListener,
  OutgoingRecord,
  PartitionRef,
} from '../../runtime/src/broker/broker.ts';
import { eventually } from './suite.ts';

export interface BrokerRig {
  /** A broker of its own to the same cluster, not connected yet. */
  open(): Broker;
  /** Ends everything that was opened. */
  close(): Promise<void>;
}

export interface Member {
  readonly consumer: BrokerConsumer;
  readonly clientId: string;
  readonly assignments: Assignment[];
  readonly records: BrokerRecord[];
  readonly lostOffsets: { readonly partition: number; readonly position: bigint }[];
  /** What `revoking` does before it resolves. */
  onRevoking: () => Promise<void>;
  /** Partitions of the last assignment, sorted. */
  partitions(): readonly number[];
}

/** Names of their own, so that suites can share a cluster. */
export function fresh(what: string): string {
  return `conformance-${what}-${randomUUID().slice(0, 8)}`;
}

export async function connected(rig: BrokerRig): Promise<Broker> {
  const broker = rig.open();
  await broker.connect();
  return broker;
}

export async function topicWith(
  broker: Broker,
  partitions: number,
  config: Record<string, string> = {},
): Promise<string> {
  const topic = fresh('topic');
  await broker.admin().createTopics([{ topic, partitions, replication: 1, config }]);
  return topic;
}

export interface JoinOptions {
  /** Where a partition is read from on assignment; `undefined`: it stays paused. Default: its first offset. */
  readonly from?: (partition: PartitionRef) => bigint | undefined;
}

export async function join(broker: Broker, topic: string, group: string, options: JoinOptions = {}): Promise<Member> {
  const from = options.from ?? (() => 0n);
  const assignments: Assignment[] = [];
  const records: BrokerRecord[] = [];
  const lostOffsets: { partition: number; position: bigint }[] = [];
  let last: readonly number[] = [];
  const listener: ConsumerListener = {
    assigned(assignment) {
      assignments.push(assignment);
      last = assignment.partitions.map(({ partition }) => partition).sort((a, b) => a - b);
      for (const partition of assignment.partitions) {
        const start = from(partition);
        if (start === undefined) continue;
        consumer.seek(partition, start);
        consumer.resume([partition]);
      }
    },
    async revoking() {
      await member.onRevoking();
      last = [];
    },
    lost() {
      last = [];
    },
    records: (_, more) => {
      records.push(...more);
    },
    offsetLost: ({ partition }, position) => {
      lostOffsets.push({ partition, position });
    },
    failed: () => undefined,
    recovered: () => undefined,
  };
  const clientId = fresh('client');
  const consumer = broker.consumer(
    { group, topics: [topic], clientId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 },
    listener,
  );
  const member: Member = {
    consumer,
    clientId,
    assignments,
    records,
    lostOffsets,
    onRevoking: async () => undefined,
    partitions: () => last,
  };
  await consumer.start();
  await eventually(() => assignments.length > 0, 'the first assignment');
  return member;
}

export function outgoing(
  topic: string,
  key: string | null,
  value: string | null,
  more: Partial<OutgoingRecord> = {},
): OutgoingRecord {
  return {
    topic,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
    ...more,
  };
}

export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
