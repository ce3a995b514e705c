/** A queue with constant-time ends: a ring that doubles. Millions of entries pass through one, so no `Array.shift`. */
export class Fifo<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size += 1;
  }

  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#ring[this.#head];
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return item;
  }

  /** The first item that passes the test; from one that does on, all of them must. */
  find(isFrom: (item: T) => boolean): T | undefined {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#at(middle);
      if (item !== undefined && isFrom(item)) high = middle;
      else low = middle + 1;
    }
    return this.#at(low);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#size; i++) {
      const item = this.#at(i);
      if (item !== undefined) yield item;
    }
  }

  #at(i: number): T | undefined {
    return i < this.#size ? this.#ring[(this.#head + i) & (this.#ring.length - 1)] : undefined;
  }

  #grow(): void {
    const grown = new Array<T | undefined>(this.#ring.length * 2);
    for (let i = 0; i < this.#size; i++) grown[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = grown;
    this.#head = 0;
  }
}
