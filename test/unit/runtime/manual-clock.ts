/** Time that passes only when a test says so. */
import type { Clock } from '../../../runtime/src/clock.ts';

export interface ManualClock extends Clock {
  /** Runs every timer that is due on the way, earliest first, and lets promises go on in between. */
  pass(ms: number): Promise<void>;
  readonly timers: number;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let time = 0;
  let names = 0;
  const timers = new Map<number, { readonly due: number; readonly call: () => void }>();
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => start + time,
    monotonic: () => time,
    timer(ms, call) {
      names += 1;
      const id = names;
      timers.set(id, { due: time + Math.max(0, ms), call });
      return () => timers.delete(id);
    },
    async pass(ms) {
      const until = time + ms;
      await settle();
      for (;;) {
        const [next] = [...timers]
          .filter(([, { due }]) => due <= until)
          .sort((a, b) => a[1].due - b[1].due || a[0] - b[0]);
        if (next === undefined) break;
        timers.delete(next[0]);
        time = Math.max(time, next[1].due);
        next[1].call();
        await settle();
      }
      time = until;
      await settle();
    },
    get timers() {
      return timers.size;
    },
  };
}
