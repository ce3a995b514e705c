/**
 * Which offsets a consumer has lost, read from one partition of its loss ledger (I6). An owner declares a loss before
 * anything passes it, so what stands in the ledger may never have come true: the owner may have ended before its commit,
 * and the next one decides anew whatever lies beyond the offset that it goes on from. Its take-over says so, and from
 * then on counts for more than whatever an earlier owner still writes.
 */
import { compareEpochs, type LossCause, type LossEpoch, type LossRecord } from './loss-record.ts';
import { common, type OffsetRange, type OffsetRanges, united } from './offset-ranges.ts';

/**
 * `records`: of one partition, in the order of the ledger; their beginning may have been taken by retention. `frontier`:
 * the offset that the group has committed; what was declared beyond it is not passed and counts for nothing yet. Each
 * offset is in one set at most.
 */
export function lossAccount(records: Iterable<LossRecord>, frontier: bigint): ReadonlyMap<LossCause, OffsetRanges> {
  const lost = new Map<LossCause, OffsetRange[]>();
  const keep = (kept: OffsetRanges) => {
    for (const [cause, ranges] of lost) lost.set(cause, [...common(united(ranges), kept)]);
  };
  let current: LossEpoch | undefined;
  for (const record of records) {
    const newer = current === undefined ? 1 : compareEpochs(record.epoch, current);
    if (newer < 0) continue;
    // A loss of a newer epoch than any take-over that is left: retention has taken the take-over.
    current = record.epoch;
    if (record.kind === 'loss') {
      const ranges = lost.get(record.cause) ?? [];
      ranges.push(...record.offsets);
      lost.set(record.cause, ranges);
    } else if (newer > 0) {
      keep(united([{ from: 0n, to: record.frontier - 1n }, ...record.passed].filter(({ from, to }) => from <= to)));
    }
  }
  keep(frontier > 0n ? [{ from: 0n, to: frontier - 1n }] : []);
  return new Map([...lost].filter(([, ranges]) => ranges.length > 0));
}
