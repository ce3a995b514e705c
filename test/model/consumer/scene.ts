import type { Step } from '../search.ts';
import type { Rule } from './rules.ts';
import { copyOf, type Faults, type Instance, type Member, type Share, type State, type Who } from './state.ts';

/** A state, and what can happen in it. The files beside this one add their steps. */
export class Scene {
  readonly instance: Instance;
  readonly state: State;
  readonly steps: Step<State>[] = [];
  readonly #broken: Rule | undefined;

  constructor(instance: Instance, state: State, broken: Rule | undefined) {
    this.instance = instance;
    this.state = state;
    this.#broken = broken;
  }

  get hasRows(): boolean {
    return this.instance.after === 'wait' || this.instance.parks;
  }

  holds(rule: Rule): boolean {
    return this.#broken !== rule;
  }

  add(name: string, change: (next: State) => void): void {
    this.#add(name, false, change);
  }

  /** Happens as long as the instance has such faults left. */
  addFault(kind: keyof Faults, name: string, change: (next: State) => void): void {
    if (this.state.faults[kind] === 0) return;
    this.#add(name, true, (next) => {
      next.faults[kind] -= 1;
      change(next);
    });
  }

  #add(name: string, fault: boolean, change: (next: State) => void): void {
    const next = copyOf(this.state);
    change(next);
    this.steps.push({ name, fault, next });
  }

  /** `2 (a)`: the record and its key. */
  record(record: number): string {
    return `${record} (${this.instance.keys[record]})`;
  }

  sameKey(one: number, other: number): boolean {
    return this.instance.keys[one] === this.instance.keys[other];
  }
}

export function nameOf(who: Who): string {
  return who === 0 ? 'A' : 'B';
}

export function other(who: Who): Who {
  return who === 0 ? 1 : 0;
}

/** The share that a step works on: it was there when the step was offered. */
export function shareOf(state: State, who: Who): Share {
  const { share } = state.members[who];
  if (share === undefined) throw new Error(`${nameOf(who)} has no share`);
  return share;
}

/** The first thing that went wrong is kept. */
export function blame(state: State, invariant: string, why: string): void {
  state.blame ??= [invariant, why];
}

export function isUp(member: Member): boolean {
  return member.life > 0;
}
