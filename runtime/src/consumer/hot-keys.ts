/**
 * The most frequent keys of the last while, by the space-saving algorithm: `slots` counters, and a key that has none
 * takes over the smallest one. What a counter held before is its error, so that a share is never said too high. One
 * record in eight is looked at, chosen by a generator of its own; counts are halved as time goes by.
 */
const slots = 32;
const halveEveryMs = 5000;
/** Looked at since the last halvings; a share of fewer says nothing. */
const enough = 100;

export interface HottestKey {
  /** As lanes know it: its bytes in latin1. */
  readonly key: string;
  /** At least so much of what came, 0 to 1. */
  readonly share: number;
}

export class HotKeys {
  readonly #slotOf = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #counts: number[] = [];
  readonly #errors: number[] = [];
  #total = 0;
  #dice = 0x9e3779b9;
  #halvedAt: number | undefined = undefined;

  add(key: string): void {
    this.#dice ^= this.#dice << 13;
    this.#dice ^= this.#dice >>> 17;
    this.#dice ^= this.#dice << 5;
    if ((this.#dice & 7) === 0) this.count(key);
  }

  count(key: string): void {
    this.#total += 1;
    const known = this.#slotOf.get(key);
    if (known !== undefined) {
      this.#counts[known] = (this.#counts[known] ?? 0) + 1;
      return;
    }
    const slot = this.#keys.length < slots ? this.#keys.length : this.#smallest();
    const before = this.#counts[slot] ?? 0;
    const evicted = this.#keys[slot];
    if (evicted !== undefined) this.#slotOf.delete(evicted);
    this.#slotOf.set(key, slot);
    this.#keys[slot] = key;
    this.#counts[slot] = before + 1;
    this.#errors[slot] = before;
  }

  /** `undefined` while too few have come. `now`: milliseconds that never jump back. */
  hottest(now: number): HottestKey | undefined {
    this.#age(now);
    if (this.#total < enough) return undefined;
    let best: HottestKey | undefined;
    for (const [slot, key] of this.#keys.entries()) {
      const share = ((this.#counts[slot] ?? 0) - (this.#errors[slot] ?? 0)) / this.#total;
      if (best === undefined || share > best.share) best = { key, share };
    }
    return best;
  }

  #smallest(): number {
    let smallest = 0;
    for (let slot = 1; slot < slots; slot++) {
      if ((this.#counts[slot] ?? 0) < (this.#counts[smallest] ?? 0)) smallest = slot;
    }
    return smallest;
  }

  #age(now: number): void {
    this.#halvedAt ??= now;
    const halvings = Math.min(Math.floor((now - this.#halvedAt) / halveEveryMs), 50);
    if (halvings === 0) return;
    this.#halvedAt = now;
    const factor = 2 ** -halvings;
    this.#total *= factor;
    for (let slot = 0; slot < this.#keys.length; slot++) {
      this.#counts[slot] = (this.#counts[slot] ?? 0) * factor;
      this.#errors[slot] = (this.#errors[slot] ?? 0) * factor;
    }
  }
}
