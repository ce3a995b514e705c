/**
 * What becomes of a dead record: its evidence, its mark in the store, its dead letter. It takes no handler's place, so
 * that a topic that is away stops nobody else.
 */
import type { Clock } from '../clock.ts';
import type { DeadLetterTopic } from '../dead-letter/dead-letters.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import { describeFailure } from '../dead-letter/failure.ts';
import type { Redact } from '../dead-letter/redact.ts';
import type { Attempts, Outcome } from './attempts.ts';
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';
import { Poison } from './poison.ts';

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
    const failure = describeFailure(entry.error);
    const payload = attempts.payload(entry);
    const now = clock.now();
    const poison = entry.error instanceof Poison ? entry.error : undefined;
    entry.death = {
      disposition,
      errorClass: poison?.code ?? redact(failure.errorClass, payload),
      message: redact(failure.message, payload),
      // The stack of our own decoder says nothing about the record.
      stack: poison !== undefined || failure.stack === undefined ? undefined : redact(failure.stack, payload),
      attempts: entry.attempts,
      firstFailureAt: entry.firstFailureAt === 0 ? now : entry.firstFailureAt,
      lastFailureAt: entry.lastFailureAt === 0 ? now : entry.lastFailureAt,
    };
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

  async #bury(entry: Entry): Promise<Outcome> {
    const { attempts, deadLetters, clock, buried } = this.#options;
    if (entry.death === undefined || deadLetters === undefined) return 'not-buried';
    const marked = await attempts.markDead(entry);
    if (marked !== 'dead') return marked;
    // Between the mark and the evidence the partition may have gone; its new owner finds the mark.
    if (!entry.share.live) return 'not-buried';
    try {
      const place = { record: entry.record, type: entry.type, generation: entry.share.generation };
      await deadLetters.bury(place, entry.death, clock.now());
      buried();
      return 'buried';
    } catch (error) {
      entry.error = error;
      return 'not-buried';
    }
  }
}
