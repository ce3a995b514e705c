/** Offsets that are passed without being read, because the position to read from is gone. */
import type { ConsumerContract } from '../contract.ts';

export interface OffsetGap {
  readonly from: bigint;
  /** The last one of them. */
  readonly to: bigint;
  /** The broker had deleted them, or the contract says that they are skipped (`onOffsetLost: latest`). */
  readonly cause: 'retention' | 'on-offset-lost';
}

export interface LogBounds {
  readonly start: bigint;
  /** The next offset. */
  readonly end: bigint;
}

/** Where reading goes on from a position that the log does not hold. */
export function landing(setting: Exclude<ConsumerContract['onOffsetLost'], 'fail'>, log: LogBounds): bigint {
  return setting === 'earliest' ? log.start : log.end;
}

/** What lies between the frontier and the offset at which reading goes on; nothing when that is before it. */
export function gapsBetween(frontier: bigint, log: LogBounds, goesOnAt: bigint): readonly OffsetGap[] {
  const gaps: OffsetGap[] = [];
  const deleted = log.start < goesOnAt ? log.start : goesOnAt;
  if (frontier < deleted) gaps.push({ from: frontier, to: deleted - 1n, cause: 'retention' });
  const held = frontier > log.start ? frontier : log.start;
  if (held < goesOnAt) gaps.push({ from: held, to: goesOnAt - 1n, cause: 'on-offset-lost' });
  return gaps;
}
