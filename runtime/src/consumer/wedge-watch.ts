/**
 * Handlers that still run a while after their deadline. Nobody can stop them; their member gives way, so that others
 * take its partitions, and joins again when they have ended.
 */
import type { CancelTimer, Clock } from '../clock.ts';

export class WedgeWatch<E> {
  readonly #clock: Clock;
  readonly #afterMs: number;
  readonly #wedged: (entry: E) => void;
  readonly #late = new Map<E, CancelTimer>();
  readonly #stuck = new Set<E>();
  #free: (() => void)[] = [];

  /** `afterMs`: from the deadline on. `wedged`: called once for an attempt that runs for so long. */
  constructor(clock: Clock, afterMs: number, wedged: (entry: E) => void) {
    this.#clock = clock;
    this.#afterMs = afterMs;
    this.#wedged = wedged;
  }

  /** Wedged handlers that have not ended. */
  get size(): number {
    return this.#stuck.size;
  }

  /** The deadline of the attempt has passed. */
  late(entry: E): void {
    const cancel = this.#clock.timer(this.#afterMs, () => {
      this.#late.delete(entry);
      this.#stuck.add(entry);
      this.#wedged(entry);
    });
    this.#late.set(entry, cancel);
  }

  /** The attempt ended, late or not. */
  ended(entry: E): void {
    if (this.#late.size > 0) {
      this.#late.get(entry)?.();
      this.#late.delete(entry);
    }
    if (this.#stuck.delete(entry)) this.#calm();
  }

  /** Resolves when no handler is wedged. */
  free(): Promise<void> {
    return new Promise((resolve) => {
      this.#free.push(resolve);
      this.#calm();
    });
  }

  /** Nobody is told of any more. */
  close(): void {
    for (const cancel of this.#late.values()) cancel();
    this.#late.clear();
  }

  #calm(): void {
    if (this.#stuck.size > 0) return;
    for (const resolve of this.#free.splice(0)) resolve();
  }
}
