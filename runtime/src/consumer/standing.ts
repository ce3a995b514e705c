/** What keeps the partitions of a consumer from being read, in words for a readiness probe. */
import type { Share } from './entry.ts';

/** `undefined` while all of them are. */
export function troubleOf(shares: Iterable<Share>): string | undefined {
  const stopped: number[] = [];
  const pending: number[] = [];
  for (const share of shares) {
    if (share.stopped) stopped.push(share.partition);
    else if (!share.open) pending.push(share.partition);
  }
  if (stopped.length > 0) return `partitions ${stopped.join(', ')} stand still`;
  return pending.length === 0 ? undefined : `partitions ${pending.join(', ')} are being taken over`;
}
