/** Questions about a cluster that is away for a moment, or still arranges itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerError } from './errors.ts';

const attempts = 6;
const [firstPauseMs, maxPauseMs] = [100, 1000];

/** Asks again, within about two seconds, whatever another try may mend; rejects with BrokerError. */
export async function repeated<T>(question: () => Promise<T>): Promise<T> {
  for (let attempt = 1, pauseMs = firstPauseMs; ; attempt += 1, pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    try {
      return await question();
    } catch (error) {
      const told = brokerError(error, 'unreachable');
      if (!told.retryable || attempt === attempts) throw told;
      await sleep(pauseMs);
    }
  }
}
