/** How many of those that were counted within a while are of one kind. Kept in six slots, so it forgets in sixths. */
const slots = 6;

export class RollingShare {
  readonly #slotMs: number;
  readonly #all = new Array<number>(slots).fill(0);
  readonly #kind = new Array<number>(slots).fill(0);
  #slot = 0;

  /** `overMs`: how long one is remembered, at most. */
  constructor(overMs: number) {
    this.#slotMs = overMs / slots;
  }

  /** `now`: milliseconds that never jump back. */
  count(now: number, ofKind: boolean): void {
    this.#forget(now);
    const at = this.#slot % slots;
    this.#all[at] = (this.#all[at] ?? 0) + 1;
    if (ofKind) this.#kind[at] = (this.#kind[at] ?? 0) + 1;
  }

  all(now: number): number {
    this.#forget(now);
    return sum(this.#all);
  }

  ofKind(now: number): number {
    this.#forget(now);
    return sum(this.#kind);
  }

  clear(): void {
    this.#all.fill(0);
    this.#kind.fill(0);
  }

  #forget(now: number): void {
    const slot = Math.floor(now / this.#slotMs);
    const passed = Math.min(slot - this.#slot, slots);
    for (let i = 1; i <= passed; i++) {
      this.#all[(this.#slot + i) % slots] = 0;
      this.#kind[(this.#slot + i) % slots] = 0;
    }
    if (slot > this.#slot) this.#slot = slot;
  }
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
}
