/** The tests of both deliveries, which stand in a file of their own each so that they run at the same time. */
import { expect, test } from 'vitest';
import { keptHistories } from './kept-histories.ts';
import { simulate, stepsOfHistory } from './simulate.ts';
import type { SimulatedDelivery } from './simulated-handler.ts';

const schedules = 5_000;

export function expectNoneBroken(delivery: SimulatedDelivery): void {
  test(`${delivery}: I1 to I6 hold in ${schedules} random histories`, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= schedules && broken.length < 3; seed++) {
      await simulate({ seed, delivery, steps: stepsOfHistory }).catch((error: Error) => broken.push(error.message));
    }
    expect(broken.join('\n\n')).toBe('');
  }, 3_600_000);

  test(`${delivery}: what once broke an invariant breaks none any more`, async () => {
    for (const history of keptHistories()) if (history.delivery === delivery) await simulate(history);
  }, 60_000);
}
