/** The records of one partition that are committed before their handlers start; at-most-once.ts says why. */
import type { Entry, Share } from './entry.ts';
import { Fifo } from './fifo.ts';

export interface ClaimsOptions {
  readonly share: Share;
  /** Claimed ones that have not ended. */
  readonly most: number;
  /** The record may start when its key lets it. */
  enter(entry: Entry): void;
  /** Something was claimed. */
  commit(): void;
}

/** Of one partition under one assignment. */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #waiting = new Fifo<Entry>();
  /** Claimed, and the broker has not said that it knows. */
  readonly #claimed = new Fifo<Entry>();
  #entered = 0;
  #closed = false;
  #quiet: (() => void)[] = [];

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Nothing is claimed that has not ended. */
  get idle(): boolean {
    return this.#entered + this.#claimed.size === 0;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#claim();
  }

  /** A commit was acknowledged, up to `share.committed`. */
  acknowledged(): void {
    const { share, enter } = this.#options;
    for (;;) {
      const entry = this.#claimed.peek();
      if (entry === undefined || share.committed === undefined || entry.offset >= share.committed) return;
      this.#claimed.shift();
      this.#entered += 1;
      enter(entry);
    }
  }

  /** One that entered was handled, or lost. */
  ended(): void {
    this.#entered -= 1;
    this.#claim();
    this.#calm();
  }

  /** The drain: nothing more is claimed, and what is claimed still runs. */
  close(): void {
    this.#closed = true;
    this.#calm();
  }

  /** What is claimed and not acknowledged does not start. */
  doubt(): void {
    while (this.#claimed.shift() !== undefined);
    this.close();
  }

  /** The assignment is over: nobody waits any more. Answers how many entered and have not ended. */
  letGo(): number {
    const entered = this.#entered;
    this.#entered = 0;
    this.doubt();
    return entered;
  }

  /** Resolves when everything that is claimed has ended. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
      this.#calm();
    });
  }

  #claim(): void {
    const { share, most, commit } = this.#options;
    let claimed = false;
    while (!this.#closed && this.#entered + this.#claimed.size < most) {
      const entry = this.#waiting.shift();
      if (entry === undefined) break;
      share.ledger.pass(entry);
      // A drain starts what lies below.
      share.highest = entry.offset + 1n;
      this.#claimed.push(entry);
      claimed = true;
    }
    if (claimed) commit();
  }

  #calm(): void {
    if (!this.idle) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }
}
