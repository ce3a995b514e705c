/**
 * Old records wait for a rate of their own; younger ones go past them. Only a first attempt waits: a retry is bounded by
 * its budget already, and takes from the rate what the next old record then waits for.
 */
import type { ConsumerContract } from '../../contract.ts';
import type { Entry } from '../entry.ts';
import { Fifo } from '../fifo.ts';
import { TokenBucket } from './token-bucket.ts';

export class CatchUp {
  readonly #olderThanMs: number;
  readonly bucket: TokenBucket;
  readonly #old = new Fifo<Entry>();

  constructor({ ratePerSecond, whenOlderThanMs }: NonNullable<ConsumerContract['catchUp']>) {
    this.bucket = new TokenBucket(ratePerSecond);
    this.#olderThanMs = whenOlderThanMs;
  }

  /** Whether the record is old. `wallClock`: milliseconds since 1970. */
  isOld(entry: Entry, wallClock: number): boolean {
    return wallClock - entry.record.timestamp > this.#olderThanMs;
  }

  /** The next record that may start; old ones whose turn has not come are kept here. */
  next(ready: Fifo<Entry>, now: number, wallClock: number): Entry | undefined {
    if (this.#old.size > 0 && this.bucket.waitMs(now) === 0) return this.#old.shift();
    for (;;) {
      const entry = ready.shift();
      if (entry === undefined || !this.isOld(entry, wallClock)) return entry;
      if (this.bucket.waitMs(now) === 0) return entry;
      this.#old.push(entry);
    }
  }

  /** Milliseconds until an old record may start; Infinity when none waits. */
  waitMs(now: number): number {
    return this.#old.size === 0 ? Number.POSITIVE_INFINITY : this.bucket.waitMs(now);
  }
}
