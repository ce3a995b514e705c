/**
 * Closed, it counts; when too large a share is bad it opens, and from then on one record at a time is tried, as a probe.
 * A good probe closes it. The contract's `breaker` counts attempts, its `floodGuard` records that ended.
 */
import { RollingShare } from '../../retry/rolling-share.ts';

export type Answer =
  | 'good'
  | 'bad'
  /** Says nothing, and a probe that says nothing is repeated in time. */
  | 'unclear'
  /** The record ended without what is watched: another one may be tried at once. */
  | 'not-asked';

export interface CircuitOptions {
  /** Of those that were counted within `overMs`: more bad ones than this open it. */
  readonly share: number;
  readonly overMs: number;
  readonly probeEveryMs: number;
}

/** So few bad ones within the time open nothing, whatever share they are: three of four are no evidence. */
export const fewestBad = 10;

export class CircuitBreaker<E> {
  readonly #options: CircuitOptions;
  readonly #recent: RollingShare;
  #open = false;
  #probe: E | undefined;
  #probeAt = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#recent = new RollingShare(options.overMs);
  }

  get open(): boolean {
    return this.#open;
  }

  /** Milliseconds until something may start; 0: now; Infinity: when the probe has ended. */
  waitMs(now: number): number {
    if (!this.#open) return 0;
    return this.#probe === undefined ? Math.max(0, this.#probeAt - now) : Number.POSITIVE_INFINITY;
  }

  begun(entry: E, now: number): void {
    if (!this.#open) return;
    this.#probe = entry;
    this.#probeAt = now + this.#options.probeEveryMs;
  }

  /** Answers whether it opened or closed. */
  ended(entry: E, answer: Answer, now: number): boolean {
    if (this.#open) return entry === this.#probe && this.#probed(answer, now);
    if (answer !== 'good' && answer !== 'bad') return false;
    this.#recent.count(now, answer === 'bad');
    if (answer === 'good' || !this.#tooMany(now)) return false;
    this.#open = true;
    this.#probeAt = now + this.#options.probeEveryMs;
    return true;
  }

  // What was begun before it opened says nothing about now: only the probe is believed.
  #probed(answer: Answer, now: number): boolean {
    this.#probe = undefined;
    if (answer === 'not-asked') this.#probeAt = now;
    if (answer !== 'good') return false;
    this.#open = false;
    this.#recent.clear();
    return true;
  }

  #tooMany(now: number): boolean {
    const bad = this.#recent.ofKind(now);
    return bad >= fewestBad && bad > this.#options.share * this.#recent.all(now);
  }
}
