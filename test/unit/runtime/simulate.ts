/** A random history from its seed, and the smallest one like it that still breaks an invariant. */
import type { SimulatedDelivery } from './simulated-handler.ts';
import { World } from './simulated-world.ts';

export interface History {
  readonly seed: number;
  readonly delivery: SimulatedDelivery;
  readonly steps: number;
  /** Steps that are left out. */
  readonly without?: readonly number[];
}

export const deliveries: readonly SimulatedDelivery[] = ['at-least-once', 'effectively-once'];

/** What happens in a history, before everything heals. */
export const stepsOfHistory = 40;

const shownLines = 60;

/** Throws with the end of its trace when an invariant breaks. */
export async function simulate({ seed, delivery, steps, without = [] }: History): Promise<void> {
  const world = new World(seed, delivery);
  try {
    await world.live(steps, without);
    await world.end();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const again = `npm run simulate -- --seed ${seed} --schedules 1 --delivery ${delivery}`;
    throw new Error(`${delivery}: ${what}\n${again}\n${world.trace.slice(-shownLines).join('\n')}`, { cause: error });
  }
}

/** `broken`: a history that breaks an invariant. Whatever is left of it is needed to break one. */
export async function shrunkHistory(broken: History): Promise<History> {
  let smallest = broken;
  for (let steps = 0; steps < broken.steps; steps += 1) {
    if (!(await breaks({ ...broken, steps }))) continue;
    smallest = { ...broken, steps };
    break;
  }
  for (let step = 0; step < smallest.steps; step += 1) {
    const shorter = { ...smallest, without: [...(smallest.without ?? []), step] };
    if (await breaks(shorter)) smallest = shorter;
  }
  return smallest;
}

async function breaks(history: History): Promise<boolean> {
  return simulate(history).then(
    () => false,
    () => true,
  );
}
