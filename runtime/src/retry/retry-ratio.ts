/**
 * The largest share of retries among all attempts of a consumer in a minute, so that a dying dependency is not hammered
 * by everybody's retries at once. Kept in six slots of ten seconds.
 */
const slotMs = 10_000;
const slots = 6;
/** So few retries in a minute hammer nobody, however quiet the consumer is. */
const alwaysAllowed = 20;

export class RetryRatio {
  readonly #share: number;
  readonly #attempts = new Array<number>(slots).fill(0);
  readonly #retries = new Array<number>(slots).fill(0);
  #slot = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** `now`: milliseconds that never jump back. */
  count(now: number, retry: boolean): void {
    this.#forget(now);
    const at = this.#slot % slots;
    this.#attempts[at] = (this.#attempts[at] ?? 0) + 1;
    if (retry) this.#retries[at] = (this.#retries[at] ?? 0) + 1;
  }

  allows(now: number): boolean {
    this.#forget(now);
    const retries = sum(this.#retries);
    return retries < alwaysAllowed || retries + 1 <= this.#share * (sum(this.#attempts) + 1);
  }

  #forget(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = Math.min(slot - this.#slot, slots);
    for (let i = 1; i <= passed; i++) {
      this.#attempts[(this.#slot + i) % slots] = 0;
      this.#retries[(this.#slot + i) % slots] = 0;
    }
    if (slot > this.#slot) this.#slot = slot;
  }
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
}
