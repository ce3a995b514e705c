/**
 * How a record becomes a dead letter: what the store must know of its death, then the evidence, then what the store must
 * know of that. Each step may be repeated; a later one never comes without the earlier ones.
 */
import type { Clock } from '../clock.ts';
import type { DeadLetters } from '../dead-letter/dead-letters.ts';
import type { Attempts, Outcome } from './attempts.ts';
import type { Entry } from './entry.ts';

export interface BurialOptions {
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetters | undefined;
  readonly clock: Clock;
  /** A dead letter was acknowledged. */
  buried(): void;
}

export async function bury(entry: Entry, options: BurialOptions): Promise<Outcome> {
  const { attempts, deadLetters, clock, buried } = options;
  if (entry.death === undefined || deadLetters === undefined) return 'not-buried';
  const marked = await attempts.markDead(entry);
  if (marked !== 'dead') return marked;
  // Between the mark and the evidence the partition may have gone; its new owner finds the mark.
  if (!entry.share.live) return 'not-buried';
  try {
    const place = { record: entry.record, generation: entry.share.generation, deaths: entry.died };
    if (!entry.evidenced) {
      await deadLetters.bury(place, entry.death, clock.now());
      buried();
    }
    entry.evidenced = true;
    return await attempts.evidenced(entry);
  } catch (error) {
    entry.error = error;
    return 'not-buried';
  }
}
