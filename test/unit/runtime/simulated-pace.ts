/** What makes the consumers of one history slower on purpose, or that nothing does. */
import { consumer } from './orders.ts';

export type SimulatedPace = ReturnType<typeof simulatedPace>;

export function simulatedPace(pick: <T>(of: readonly T[]) => T) {
  const { deadLetter } = consumer();
  if (deadLetter === undefined) throw new Error('no dead letter');
  const rate = pick([undefined, undefined, 100]);
  const catchUp = pick([undefined, undefined, { ratePerSecond: 50, whenOlderThanMs: 300 }]);
  const breaker = pick([undefined, undefined, { failures: 0.2, overMs: 2000, probeEveryMs: 500 }]);
  const floodGuard = { share: pick([0.1, 0.5]), overMs: 1000 };
  return {
    ...(rate === undefined ? {} : { rateLimitPerSecond: rate }),
    ...(catchUp === undefined ? {} : { catchUp }),
    ...(breaker === undefined ? {} : { breaker }),
    deadLetter: { ...deadLetter, floodGuard },
  };
}
