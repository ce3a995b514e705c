import type { compare, Relation, Verdict } from '../../generator/src/schema/index.ts';
import type { Question } from './contradiction.ts';
import type { Judged } from './judged.ts';
import { type Pool, pairsPerRound, poolSize } from './pool.ts';

/** What is attacked. Handed in, so that a test can hand in one that is wrong. */
export type Compare = typeof compare;

export interface Compared {
  readonly old: Judged;
  readonly next: Judged;
  readonly relation: Relation;
  /** What was thrown instead of a verdict is the reason of an `unknown` that never comes from the engine. */
  readonly verdict: Verdict;
  readonly thrown?: string;
  readonly milliseconds: number;
}

/** Every member of the pool against every member, itself included. */
export function compareAll(judged: readonly Judged[], relation: Relation, compare: Compare): Compared[] {
  return judged.flatMap((old) => judged.map((next) => compareOne(old, next, relation, compare)));
}

/** A pair that takes longer is slow. */
export const slowMilliseconds = 100;

/** What was slow is asked again: on a busy machine most of it was waiting. */
function compareOne(old: Judged, next: Judged, relation: Relation, compare: Compare): Compared {
  const first = compareOnce(old, next, relation, compare);
  if (first.milliseconds <= slowMilliseconds) return first;
  const again = compareOnce(old, next, relation, compare);
  return again.milliseconds < first.milliseconds ? again : first;
}

function compareOnce(old: Judged, next: Judged, relation: Relation, compare: Compare): Compared {
  const started = performance.now();
  try {
    const verdict = compare(old.schema, next.schema, { relation });
    return { old, next, relation, verdict, milliseconds: performance.now() - started };
  } catch (error) {
    const thrown = error instanceof Error ? error.message : String(error);
    const verdict: Verdict = { verdict: 'unknown', reason: thrown };
    return { old, next, relation, verdict, thrown, milliseconds: performance.now() - started };
  }
}

export function questionOf(pool: Pool, { old, next, relation }: Pick<Compared, 'old' | 'next' | 'relation'>): Question {
  return {
    pair: pool.round * pairsPerRound + old.index * poolSize + next.index,
    dialect: pool.dialect,
    assertFormats: pool.assertFormats,
    relation,
    old: old.schema.raw,
    next: next.schema.raw,
  };
}
