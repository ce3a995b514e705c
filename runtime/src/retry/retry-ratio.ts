/**
 * The largest share of retries among all attempts of a consumer in a minute, so that a dying dependency is not hammered
 * by everybody's retries at once.
 */
import { RollingShare } from './rolling-share.ts';

const overMs = 60_000;
/** So few retries in a minute hammer nobody, however quiet the consumer is. */
const alwaysAllowed = 20;

export class RetryRatio {
  readonly #share: number;
  readonly #attempts = new RollingShare(overMs);

  constructor(share: number) {
    this.#share = share;
  }

  /** `now`: milliseconds that never jump back. */
  count(now: number, retry: boolean): void {
    this.#attempts.count(now, retry);
  }

  allows(now: number): boolean {
    const retries = this.#attempts.ofKind(now);
    return retries < alwaysAllowed || retries + 1 <= this.#share * (this.#attempts.all(now) + 1);
  }
}
