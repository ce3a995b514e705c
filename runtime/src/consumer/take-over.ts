/**
 * Where an owner starts to read a partition. The order of the steps is the protocol: epoch first, then what the group
 * committed, then the log's own bounds. In any other order a stale view starts a successor first.
 */
import { type BrokerAdmin, type BrokerConsumer, BrokerError, type CommittedOffset } from '../broker/broker.ts';
import type { ConsumerContract } from '../contract.ts';
import { signature } from './committer.ts';

export type Position =
  | {
      readonly start: bigint;
      /** What the broker holds; `undefined`: nothing yet. */
      readonly committed: bigint | undefined;
      readonly logEnd: bigint;
    }
  | { readonly lost: string; readonly foreign: boolean };

export interface PositionQuery {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly startFrom: string;
  readonly onOffsetLost: ConsumerContract['onOffsetLost'];
  /** Whether the broker gives back the metadata of a commit. */
  readonly metadata: boolean;
}

export async function readPositions(
  consumer: BrokerConsumer,
  admin: BrokerAdmin,
  query: PositionQuery,
): Promise<ReadonlyMap<number, Position>> {
  const { topic, partitions } = query;
  // Some brokers take an empty list for all there are.
  if (partitions.length === 0) return new Map();
  const held = await consumer.committed(partitions.map((partition) => ({ topic, partition })));
  const bounds = await admin.offsets(topic);
  const positions = new Map<number, Position>();
  for (const partition of partitions) {
    const committed = held.find((one) => one.partition === partition);
    const log = bounds.find((one) => one.partition === partition);
    // It is ours, so it exists: whoever answered has not heard of it yet.
    if (log === undefined) throw new BrokerError('unreachable', `nobody tells the offsets of ${topic}/${partition}`);
    positions.set(partition, choose(query, committed, log));
  }
  return positions;
}

function choose(
  query: PositionQuery,
  held: CommittedOffset | undefined,
  log: { readonly start: bigint; readonly end: bigint },
): Position {
  const committed = held?.offset;
  if (held === undefined || committed === undefined) {
    return { start: query.startFrom === 'latest' ? log.end : log.start, committed: undefined, logEnd: log.end };
  }
  const why = trouble(query, held.metadata, committed, log);
  if (why === undefined) return { start: committed, committed, logEnd: log.end };
  if (query.onOffsetLost === 'fail') return { lost: why.text, foreign: why.foreign };
  return { start: query.onOffsetLost === 'earliest' ? log.start : log.end, committed, logEnd: log.end };
}

function trouble(
  query: PositionQuery,
  metadata: string,
  committed: bigint,
  log: { readonly start: bigint; readonly end: bigint },
): { readonly text: string; readonly foreign: boolean } | undefined {
  if (query.metadata && !metadata.startsWith(signature)) {
    return { text: `the group's offset ${committed} was committed by something else`, foreign: true };
  }
  if (committed < log.start) {
    const text = `${log.start - committed} records from offset ${committed} on were taken by retention before they were read`;
    return { text, foreign: false };
  }
  if (committed > log.end) {
    return { text: `the group's offset ${committed} is beyond the end of the log (${log.end})`, foreign: false };
  }
  return undefined;
}
