/**
 * Where an owner starts to read a partition. The order of the steps is the protocol: epoch first, then what the group
 * committed, then the log's own bounds. In any other order a stale view starts a successor first.
 */
import { type BrokerAdmin, type BrokerConsumer, BrokerError, type CommittedOffset } from '../broker/broker.ts';
import type { ConsumerContract } from '../contract.ts';
import { readMetadata } from './commit-metadata.ts';
import { gapsBetween, type LogBounds, landing, type OffsetGap } from './offset-gap.ts';

export interface Start {
  readonly start: bigint;
  /** What the broker holds; `undefined`: nothing yet. */
  readonly committed: bigint | undefined;
  readonly logEnd: bigint;
  /** Between the committed offset and the start. */
  readonly gaps: readonly OffsetGap[];
  /** What the owner before said; `undefined`: nothing. */
  readonly said: Said | undefined;
}

export type Position = Start | { readonly lost: string; readonly foreign: boolean };

type Said = ReturnType<typeof readMetadata>;

export interface PositionQuery {
  readonly topic: string;
  readonly partitions: readonly number[];
  /** `earliest`, `latest` or an ISO time: where a group begins that never committed. */
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
  const fresh = held.some(({ offset }) => offset === undefined) ? await firstOffsets(admin, query) : undefined;
  const positions = new Map<number, Position>();
  for (const partition of partitions) {
    const committed = held.find((one) => one.partition === partition);
    const log = bounds.find((one) => one.partition === partition);
    // It is ours, so it exists: whoever answered has not heard of it yet.
    if (log === undefined) throw new BrokerError('unreachable', `nobody tells the offsets of ${topic}/${partition}`);
    positions.set(partition, choose(query, committed, log, fresh?.get(partition)));
  }
  return positions;
}

/** Processes that owned one of the partitions, did not let it go in good order and are not in the group any more. */
export async function ownersGone(
  admin: BrokerAdmin,
  group: string,
  clientId: string,
  positions: Iterable<Position>,
): Promise<ReadonlySet<string>> {
  const owners = new Set<string>();
  for (const position of positions) {
    const said = 'lost' in position ? undefined : position.said;
    if (said !== undefined && !said.leaving && said.owner !== '' && said.owner !== clientId) owners.add(said.owner);
  }
  // Seldom anybody: a rebalance lets go in good order.
  if (owners.size > 0) for (const member of await admin.groupClients(group)) owners.delete(member);
  return owners;
}

/** By partition, where `startFrom` is a time. */
async function firstOffsets(
  admin: BrokerAdmin,
  { topic, startFrom }: PositionQuery,
): Promise<ReadonlyMap<number, bigint> | undefined> {
  if (startFrom === 'earliest' || startFrom === 'latest') return undefined;
  const offsets = await admin.offsetsForTime(topic, Date.parse(startFrom));
  return new Map(offsets.map(({ partition, offset }) => [partition, offset]));
}

function choose(
  query: PositionQuery,
  held: CommittedOffset | undefined,
  log: LogBounds,
  first: bigint | undefined,
): Position {
  const committed = held?.offset;
  const plain = { logEnd: log.end, gaps: [], said: undefined };
  if (held === undefined || committed === undefined) {
    return { ...plain, start: query.startFrom === 'latest' ? log.end : (first ?? log.start), committed: undefined };
  }
  const said = query.metadata ? readMetadata(committed, held.metadata) : undefined;
  const why = trouble(query.metadata && said === undefined, committed, log);
  if (why === undefined) return { ...plain, start: committed, committed, said };
  if (query.onOffsetLost === 'fail') return { lost: why.text, foreign: why.foreign };
  const start = landing(query.onOffsetLost, log);
  // What was passed behind the offset stays so, unless it was passed of another log.
  const known = committed > log.end ? undefined : said;
  const gaps = gapsBetween(committed, log, start, known?.completed);
  return { ...plain, start, committed, gaps, said: known };
}

function trouble(
  isForeign: boolean,
  committed: bigint,
  log: LogBounds,
): { readonly text: string; readonly foreign: boolean } | undefined {
  if (isForeign) {
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
