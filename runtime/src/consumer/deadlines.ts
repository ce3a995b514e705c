/**
 * The deadline of every running attempt. All have the same length, so the list stays sorted by being appended to, and
 * one timer serves them all.
 */
import type { CancelTimer, Clock } from '../clock.ts';

export interface Timed<E> {
  /** `clock.monotonic()` at the start of the attempt. */
  startedAt: number;
  earlier: E | undefined;
  later: E | undefined;
}

export class Deadlines<E extends Timed<E>> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #expired: (entry: E) => void;
  #first: E | undefined;
  #last: E | undefined;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, timeoutMs: number, expired: (entry: E) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expired = expired;
  }

  add(entry: E): void {
    entry.startedAt = this.#clock.monotonic();
    entry.earlier = this.#last;
    entry.later = undefined;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.later = entry;
    this.#last = entry;
    if (this.#cancel === undefined) this.#arm(this.#timeoutMs);
  }

  /** Does nothing when the deadline has passed already. */
  remove(entry: E): void {
    if (entry.earlier === undefined && entry.later === undefined && this.#first !== entry) return;
    if (entry.earlier === undefined) this.#first = entry.later;
    else entry.earlier.later = entry.later;
    if (entry.later === undefined) this.#last = entry.earlier;
    else entry.later.earlier = entry.earlier;
    entry.earlier = undefined;
    entry.later = undefined;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  // The timer is left alone while entries come and go; it finds out by itself when it fires too early.
  #arm(ms: number): void {
    this.#cancel = this.#clock.timer(ms, () => {
      this.#cancel = undefined;
      const now = this.#clock.monotonic();
      for (let first = this.#first; first !== undefined; first = this.#first) {
        const left = first.startedAt + this.#timeoutMs - now;
        if (left > 0) {
          this.#arm(left);
          return;
        }
        this.remove(first);
        this.#expired(first);
      }
    });
  }
}
