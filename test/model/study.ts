/** A model at a size that can be searched, and the rules that are broken in it one by one. */
import { type Model, type Outcome, search } from './search.ts';

/** `small` takes seconds at most, `full` up to minutes. */
export type Size = 'small' | 'full';

/** What breaking a rule breaks, and after how many steps at the earliest; or nothing, and that is a finding too. */
export type Cost = readonly [invariant: string, steps: number] | 'nothing';

export interface BrokenRule {
  readonly name: string;
  /** The sentence that is kept everywhere else. */
  readonly rule: string;
  /** At the small size. */
  readonly cost: Cost;
}

export interface Study {
  readonly name: string;
  readonly says: string;
  readonly rules: readonly BrokenRule[];
  /** @param broken name of a rule that is not kept */
  run(size: Size, broken?: string): Outcome;
}

export function costOf({ found }: Outcome): Cost {
  return found === undefined ? 'nothing' : [found.invariant, found.trace.length];
}

/** A study of one model, which is the same at both sizes. */
export function studyOf<Rule extends string, S>(
  name: string,
  says: string,
  rules: Readonly<Record<Rule, readonly [rule: string, cost: Cost]>>,
  model: (broken: Rule | undefined, size: Size) => Model<S>,
): Study {
  return {
    name,
    says,
    rules: Object.entries<readonly [string, Cost]>(rules).map(([one, [rule, cost]]) => ({ name: one, rule, cost })),
    run: (size, broken) => search(model(broken as Rule | undefined, size)),
  };
}
