/** Offsets that are passed without being read, because the position to read from is gone. */
import type { ConsumerContract } from '../contract.ts';
import type { OffsetRun } from './commit-metadata.ts';

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

/**
 * What lies between the frontier and the offset at which reading goes on, without what is passed already; nothing when
 * that is before it.
 */
export function gapsBetween(
  frontier: bigint,
  log: LogBounds,
  goesOnAt: bigint,
  passed: Iterable<OffsetRun> = [],
): readonly OffsetGap[] {
  const gaps: OffsetGap[] = [];
  const add = (from: bigint, end: bigint): void => {
    const cut = from < log.start && log.start < end ? log.start : end;
    if (from < cut) gaps.push({ from, to: cut - 1n, cause: from < log.start ? 'retention' : 'on-offset-lost' });
    if (cut < end) gaps.push({ from: cut, to: end - 1n, cause: 'on-offset-lost' });
  };
  let at = frontier;
  for (const { from, end } of passed) {
    if (from >= goesOnAt) break;
    add(at, from);
    at = end;
  }
  if (at < goesOnAt) add(at, goesOnAt);
  return gaps;
}
