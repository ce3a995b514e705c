import { Choices } from '../choices.ts';
import { nameOf, type Who } from '../members.ts';
import type { Rule } from './rules.ts';
import { copyOf, type Instance, type Share, type State } from './state.ts';

/** A state, and what can happen in it. The files beside this one add their steps. */
export class Scene extends Choices<State, Rule> {
  readonly instance: Instance;

  constructor(instance: Instance, state: State, broken: Rule | undefined) {
    super(state, copyOf, broken);
    this.instance = instance;
  }

  get hasRows(): boolean {
    return this.instance.after === 'wait' || this.instance.parks;
  }

  /** `2 (a)`: the record and its key. */
  record(record: number): string {
    return `${record} (${this.instance.keys[record]})`;
  }

  sameKey(one: number, other: number): boolean {
    return this.instance.keys[one] === this.instance.keys[other];
  }
}

/** The share that a step works on: it was there when the step was offered. */
export function shareOf(state: State, who: Who): Share {
  const { share } = state.members[who];
  if (share === undefined) throw new Error(`${nameOf(who)} has no share`);
  return share;
}
