/** Records of a partition that an earlier owner passed above the offset that it committed. Asked in offset order. */
import type { OffsetRun } from './commit-metadata.ts';

export class Remembered {
  readonly #runs: readonly OffsetRun[];
  #next = 0;

  /** `runs`: ascending and apart. */
  constructor(runs: readonly OffsetRun[]) {
    this.#runs = runs;
  }

  /** What is remembered from that offset on. */
  *from(offset: bigint): Iterable<OffsetRun> {
    for (const { from, end } of this.#runs) {
      if (offset < end) yield { from: offset < from ? from : offset, end };
    }
  }

  /** Offsets must not go down from one question to the next. */
  has(offset: bigint): boolean {
    for (;;) {
      const run = this.#runs[this.#next];
      if (run === undefined || offset < run.from) return false;
      if (offset < run.end) return true;
      this.#next += 1;
    }
  }
}
