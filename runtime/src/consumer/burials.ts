/**
 * What becomes of a dead record: its mark in the store, its dead letter, and the store's word that there is one. It takes
 * no handler's place, so that a topic that is away stops nobody else.
 */
import type { Clock } from '../clock.ts';
import type { DeadLetterTopic } from '../dead-letter/dead-letters.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import type { Redact } from '../dead-letter/redact.ts';
import type { Attempts, Outcome } from './attempts.ts';
import { deathOf } from './death.ts';
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';

export interface BurialsOptions {
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetterTopic | undefined;
  readonly redact: Redact;
  readonly clock: Clock;
  /** Dead letters that are written at once. */
  readonly concurrency: number;
  /** Whether it may be written now. */
  wanted(entry: Entry): boolean;
  /** It is being written. */
  begun(entry: Entry): void;
  ended(entry: Entry, outcome: Outcome): void;
  /** A dead letter was acknowledged. */
  buried(): void;
}

export class Burials {
  readonly #options: BurialsOptions;
  readonly #due = new Fifo<Entry>();
  #running = 0;

  constructor(options: BurialsOptions) {
    this.#options = options;
  }

  /** From now on it is dead, because of `entry.error`. */
  add(entry: Entry, disposition: Disposition): void {
    const { attempts, redact, clock } = this.#options;
    const payload = attempts.payload(entry);
    entry.death = deathOf(entry, disposition, (text) => redact(text, payload), clock.now());
    this.due(entry);
  }

  /** The dead letter is to be tried again. */
  due(entry: Entry): void {
    this.#due.push(entry);
  }

  pump(): void {
    const { concurrency, wanted } = this.#options;
    while (this.#running < concurrency) {
      const entry = this.#due.shift();
      if (entry === undefined) return;
      if (wanted(entry)) this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    this.#running += 1;
    this.#options.begun(entry);
    const outcome = await this.#bury(entry);
    this.#running -= 1;
    this.#options.ended(entry, outcome);
  }

  // Each step may be repeated; a later one never comes without the earlier ones.
  async #bury(entry: Entry): Promise<Outcome> {
    const { attempts, deadLetters, clock, buried } = this.#options;
    if (entry.death === undefined || deadLetters === undefined) return 'not-buried';
    const marked = await attempts.markDead(entry);
    if (marked !== 'dead') return marked;
    // Between the mark and the evidence the partition may have gone; its new owner finds the mark.
    if (!entry.share.live) return 'not-buried';
    try {
      if (!entry.evidenced) {
        const { record, type, share, died: deaths } = entry;
        await deadLetters.bury({ record, type, generation: share.generation, deaths }, entry.death, clock.now());
        buried();
      }
      entry.evidenced = true;
      return await attempts.evidenced(entry);
    } catch (error) {
      entry.error = error;
      return 'not-buried';
    }
  }
}
