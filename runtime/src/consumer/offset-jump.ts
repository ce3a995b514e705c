/** The position to read from is gone while the partition is ours: where reading goes on, and what is lost by it. */
import type { BrokerAdmin } from '../broker/broker.ts';
import { type Clock, sleep } from '../clock.ts';
import { outageMs } from '../retry/backoff.ts';
import type { Share } from './entry.ts';
import { gapsBetween, type LogBounds, landing, type OffsetGap } from './offset-gap.ts';

export interface JumpQuery {
  readonly topic: string;
  readonly onOffsetLost: 'earliest' | 'latest';
  readonly admin: BrokerAdmin;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface Jump {
  readonly next: bigint;
  readonly logEnd: bigint;
  readonly gaps: readonly OffsetGap[];
}

/**
 * What is in memory was read and is not lost: the gap begins where it ends. `undefined`: the log ends before that, so
 * that the topic was made anew or has lost its end, and the partition must be taken over again. Waits for a broker that
 * does not answer, until the share is not live any more.
 */
export async function findJump(share: Share, query: JumpQuery): Promise<Jump | undefined> {
  const { topic, onOffsetLost, admin, clock, random } = query;
  for (let repeat = 1; ; repeat++) {
    let bounds: readonly (LogBounds & { readonly partition: number })[];
    try {
      bounds = await admin.offsets(topic);
    } catch {
      if (!share.live) return undefined;
      await sleep(clock, outageMs(repeat, random));
      continue;
    }
    const log = bounds.find(({ partition }) => partition === share.partition);
    const from = share.ledger.next;
    if (log === undefined || from > log.end) return undefined;
    const next = from < log.start ? landing(onOffsetLost, log) : from;
    return { next, logEnd: log.end, gaps: gapsBetween(from, log, next, share.remembered.from(from)) };
  }
}
