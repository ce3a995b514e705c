/**
 * What is passed of one partition under one assignment (I1). Records enter in offset order and pass in any order; the
 * frontier is the lowest record that is not passed, or the next offset to fetch when all are. Offsets may have holes
 * (compaction, transaction markers): the frontier steps over a hole with the record behind it.
 */
import type { OffsetRun } from './commit-metadata.ts';
import { Fifo } from './fifo.ts';

export interface Tracked {
  readonly offset: bigint;
  passed: boolean;
  /** Passed, but whoever owns the partition next must meet it again: it stands in the line, and is recognised there. */
  provisional: boolean;
}

export class Ledger<E extends Tracked> {
  readonly #entries = new Fifo<E>();
  #next: bigint;

  /** `start`: the offset that the partition is read from. */
  constructor(start: bigint) {
    this.#next = start;
  }

  /** The lowest offset that may still come; what is below was seen before. */
  get next(): bigint {
    return this.#next;
  }

  /** What may be committed: every record below it is passed. */
  get frontier(): bigint {
    return this.#entries.peek()?.offset ?? this.#next;
  }

  /** Records from the frontier on, passed ones included. */
  get held(): number {
    return this.#entries.size;
  }

  /** What is passed for good above the frontier, from the lowest on. A run goes over holes: nothing will come there. */
  *completed(): Iterable<OffsetRun> {
    let from: bigint | undefined;
    let end = 0n;
    for (const { offset, passed, provisional } of this.#entries) {
      if (passed && !provisional) {
        from ??= offset;
        end = offset + 1n;
      } else if (from !== undefined) {
        yield { from, end };
        from = undefined;
      }
    }
    if (from !== undefined) yield { from, end };
  }

  /** The lowest record that is not passed. */
  get oldest(): E | undefined {
    return this.#entries.peek();
  }

  /** Answers false for an offset that was seen before: the record must not be handled again. */
  add(entry: E): boolean {
    if (entry.offset < this.#next) return false;
    this.#entries.push(entry);
    this.#next = entry.offset + 1n;
    return true;
  }

  /** The log holds nothing between the last record and this offset. */
  advance(next: bigint): void {
    if (next > this.#next) this.#next = next;
  }

  /** What was passed provisionally at that offset is passed for good; it may lie below the frontier by now. */
  confirm(offset: bigint): void {
    const entry = this.#entries.find((one) => one.offset >= offset);
    if (entry?.offset === offset) entry.provisional = false;
  }

  /** Answers whether the frontier moved. */
  pass(entry: E): boolean {
    entry.passed = true;
    if (this.#entries.peek() !== entry) return false;
    while (this.#entries.peek()?.passed === true) this.#entries.shift();
    return true;
  }
}
