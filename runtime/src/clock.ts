/** Time as a port, so that deadlines, backoff and commits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from some fixed point, with fractions; never jumps. */
  monotonic(): number;
  /** Calls once after `ms`; the answer cancels it. `hold`: keeps the process alive until then. */
  timer(ms: number, call: () => void, hold?: 'hold'): CancelTimer;
}

export type CancelTimer = () => void;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, call, hold) {
    const handle = setTimeout(call, ms);
    if (hold === undefined) handle.unref();
    return () => clearTimeout(handle);
  },
};

/** Resolves after `ms`, or at once when the signal is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.timer(ms, done);
    signal?.addEventListener('abort', done);
  });
}

/** Resolves with the promise's value, or `undefined` after `ms`; the promise itself goes on. Rejects as it does. */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.timer(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
