/** Handlers of every temper: quick, slow, failing, deaf to their signal. */
import { type Clock, sleep } from '../../../runtime/src/clock.ts';

/** Resolves or throws as one random handler with that time-out would. */
export async function temper(
  clock: Clock,
  random: () => number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const pick = <T>(...choices: readonly [T, ...T[]]): T => choices[Math.floor(random() * choices.length)] ?? choices[0];
  const what = random();
  const ms = pick(0, 1, 10, 60);
  if (what < 0.3) return;
  if (what < 0.6) return sleep(clock, ms);
  if (what < 0.7) throw new Error('at once');
  if (what < 0.8) {
    await sleep(clock, ms);
    throw Object.assign(new Error('later'), { name: pick('Error', 'OutOfStock') });
  }
  if (what < 0.9) {
    await sleep(clock, 10 * timeoutMs, signal);
    signal.throwIfAborted();
    return;
  }
  await sleep(clock, timeoutMs + pick(10, 500, 2500, 9000));
  if (random() < 0.5) throw new Error('much too late');
}
