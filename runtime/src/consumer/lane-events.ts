/** What happens to lanes and concerns what waits in them. */
import type { Entry, Share } from './entry.ts';

export interface LaneEvents {
  /** The partition is paused, because more of it waits than may. */
  overflow(share: Share): void;
  /** An attempt at the head of a lane failed, and another one is to come. */
  failing(entry: Entry): void;
  /** Under `wait`: the head of a lane becomes a dead letter, and nothing behind it may start. */
  dies(entry: Entry): void;
  /** The head is settled or, when `held`, dead and acknowledged. */
  ended(entry: Entry, held: boolean): void;
}

/** Whether what waits behind it waits for an attempt to come, and not only for its turn. */
export function isFailing(head: Entry): boolean {
  return head.firstFailureAt !== 0 || head.death !== undefined;
}
