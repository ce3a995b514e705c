/** Sets of small numbers: which values of a pool are valid under a schema. */
export class Bits {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  add(index: number): void {
    this.#words[index >>> 5] = (this.#words[index >>> 5] ?? 0) | (1 << (index & 31));
  }

  get isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  /** The smallest number in both, or undefined. */
  firstShared(other: Bits): number | undefined {
    for (const [at, word] of this.#words.entries()) {
      const shared = word & (other.#words[at] ?? 0);
      if (shared !== 0) return at * 32 + 31 - Math.clz32(shared & -shared);
    }
    return undefined;
  }
}
