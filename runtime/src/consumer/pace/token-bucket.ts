/**
 * A rate of the whole group, of which a member has the part that its partitions are of all partitions. Over any time the
 * group starts at most `rate × time + burst` attempts: a bucket begins empty with every assignment, so a rebalance gives
 * nobody what the owner before it has spent.
 */

/** How much of the rate may be saved up while there is nothing to start. Each member may save one attempt at least. */
const burstMs = 100;

export class TokenBucket {
  readonly #groupPerMs: number;
  #perMs = 0;
  #largest = 1;
  #tokens = 0;
  #filledAt = 0;

  /** `perSecond`: of the whole group. */
  constructor(perSecond: number) {
    this.#groupPerMs = perSecond / 1000;
  }

  /** A new assignment. `share`: of all partitions, those that this member owns. `now`: never jumps back. */
  divide(share: number, now: number): void {
    this.#perMs = this.#groupPerMs * share;
    this.#largest = Math.max(1, this.#perMs * burstMs);
    this.#tokens = 0;
    this.#filledAt = now;
  }

  /** Whole milliseconds until an attempt may start; 0: now; Infinity: not under this assignment. */
  waitMs(now: number): number {
    this.#fill(now);
    if (this.#tokens >= 1) return 0;
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs));
  }

  /** An attempt starts. One that could not wait leaves a debt, and the next ones wait for it. */
  take(now: number): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#largest, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
