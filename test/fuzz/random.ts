import { randomOf } from '../unit/runtime/random.ts';

/** Choices that a seed repeats. */
export interface Random {
  chance(probability: number): boolean;
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** By weight; an entry of weight 0 is never taken. */
  weighted<T>(entries: readonly (readonly [number, T])[]): T;
  /** Up to `most` different entries, at least one. */
  some<T>(list: readonly T[], most: number): readonly T[];
}

/** The stream of one round: the same for the same seed and round, whatever was drawn in others. */
export function randomFor(seed: number, round: number): Random {
  const next = randomOf((Math.imul(seed, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0);
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[below(list.length)] as T;
  };
  return {
    chance: (probability) => next() < probability,
    below,
    pick,
    weighted: (entries) => {
      let left = next() * entries.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, entry] of entries) {
        left -= weight;
        if (left < 0) return entry;
      }
      return pick(entries)[1];
    },
    some: (list, most) => {
      const rest = [...list];
      const count = 1 + below(Math.min(most, rest.length));
      return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)).flat();
    },
  };
}
