import type { Json } from '../../../generator/src/schema/index.ts';
import type { Random } from '../random.ts';
import { formatted, names, numbers, scalars, strings } from '../world.ts';

/** Any value over the small world, `depth` levels deep at most. */
export function randomValue(random: Random, depth: number): Json {
  const inside = (): Json => randomValue(random, depth - 1);
  return random.weighted<() => Json>([
    [5, () => random.pick(scalars)],
    [1, () => random.pick(numbers)],
    [1, () => random.pick(strings)],
    [1, () => random.pick(formatted)],
    [depth > 0 ? 3 : 0, () => Array.from({ length: random.below(4) }, inside)],
    [depth > 0 ? 5 : 0, () => Object.fromEntries(random.some(names, 4).map((name) => [name, inside()]))],
    [depth > 0 ? 0.3 : 0, () => ({})],
  ])();
}
