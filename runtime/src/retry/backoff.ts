/** How long to wait before trying again. Full jitter spreads the retries of many records and many members. */
export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: 'full' | 'none';
}

/** What the runtime itself waits for a broker or a store that is away. */
export const outageBackoff: Backoff = { initialMs: 200, factor: 2, maxMs: 15_000, jitter: 'full' };

/** Milliseconds before something that is away is asked again, the first time with `repeat` 1: never at once. */
export function outageMs(repeat: number, random: () => number): number {
  return Math.max(50, backoffMs(outageBackoff, repeat, random));
}

/** Milliseconds before retry number `retry`, 1 for the first. `random` answers in [0, 1). */
export function backoffMs(backoff: Backoff, retry: number, random: () => number): number {
  const ceiling = Math.min(backoff.maxMs, backoff.initialMs * backoff.factor ** (retry - 1));
  return backoff.jitter === 'none' ? ceiling : Math.floor(random() * ceiling);
}
