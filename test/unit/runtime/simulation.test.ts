/**
 * Random histories, each repeated by its seed: `SEED=7 SCHEDULES=1 npx vitest run test/unit/runtime/simulation.test.ts`
 * runs the one, `SCHEDULES=20000` many more than every day's.
 */
import { expect, test } from 'vitest';
import type { SimulatedDelivery } from './simulated-handler.ts';
import { simulate } from './simulated-world.ts';

const first = Number(process.env.SEED ?? 1);
const schedules = Number(process.env.SCHEDULES ?? 150);
const steps = 40;

test.each<SimulatedDelivery>(['at-least-once', 'effectively-once'])(
  '%s: I1 to I6 hold in every random history',
  async (delivery) => {
    const broken: string[] = [];
    for (let seed = first; seed < first + schedules && broken.length < 3; seed++) {
      await simulate(seed, delivery, steps).catch((error: Error) => broken.push(error.message));
    }
    expect(broken.join('\n\n')).toBe('');
  },
  3_600_000,
);
