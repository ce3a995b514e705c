import type { Json, SchemaNode } from './ast.ts';
import type { Alternative, Literal } from './literals.ts';
import type { MembersTold } from './members-told.ts';

export interface Choice {
  readonly alternatives: readonly Alternative[];
  /** The subschema whose negation this is. */
  readonly negates?: SchemaNode;
}

/** One line of the tableau: a conjunction that is still being broken down. */
export interface Branch {
  readonly literals: Literal[];
  readonly choices: Choice[];
  readonly holds: Set<number>;
  readonly fails: Set<number>;
  values: readonly Json[] | undefined;
  /** What the literals say of members so far; undefined when literals were added since. */
  told: MembersTold | undefined;
}

/** The same line with other choices left. */
export function copy(branch: Branch, choices: readonly Choice[]): Branch {
  return {
    literals: [...branch.literals],
    choices: [...choices],
    holds: new Set(branch.holds),
    fails: new Set(branch.fails),
    values: branch.values,
    told: branch.told,
  };
}

/** A disjunction from `old` before one from a negation, then the one with the fewest ways. */
export function smallest(choices: readonly Choice[]): Choice | undefined {
  let best: Choice | undefined;
  const rank = (choice: Choice): number => (choice.negates === undefined ? 0 : 1_000) + choice.alternatives.length;
  for (const choice of choices) if (best === undefined || rank(choice) < rank(best)) best = choice;
  return best;
}
