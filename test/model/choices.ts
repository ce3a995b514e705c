import type { Step } from './search.ts';

/** What a state of any model has: how often each thing may still go wrong, and what a step broke. */
export interface Faulty {
  readonly faults: Readonly<Record<string, number>>;
  /** What a step did that no state shows afterwards. */
  blame: readonly [invariant: string, why: string] | undefined;
}

/** Collects what can happen in a state. Each change is made to a copy of it. */
export class Choices<S extends Faulty, Rule extends string> {
  readonly state: S;
  readonly steps: Step<S>[] = [];
  readonly #copy: (state: S) => S;
  readonly #broken: Rule | undefined;

  /** @param broken the rule that this model does not keep */
  constructor(state: S, copy: (state: S) => S, broken: Rule | undefined) {
    this.state = state;
    this.#copy = copy;
    this.#broken = broken;
  }

  holds(rule: Rule): boolean {
    return this.#broken !== rule;
  }

  add(name: string, change: (next: S) => void): void {
    this.#add(name, false, this.#copy(this.state), change);
  }

  /** Happens as long as there are such faults left. */
  addFault(kind: keyof S['faults'] & string, name: string, change: (next: S) => void): void {
    const left = this.state.faults[kind] ?? 0;
    if (left === 0) return;
    this.#add(name, true, { ...this.#copy(this.state), faults: { ...this.state.faults, [kind]: left - 1 } }, change);
  }

  #add(name: string, fault: boolean, next: S, change: (next: S) => void): void {
    change(next);
    this.steps.push({ name, fault, next });
  }
}

/** The first thing that went wrong is kept. */
export function blame(state: Faulty, invariant: string, why: string): void {
  state.blame ??= [invariant, why];
}

export function put(text: string, at: number, letter: string): string {
  return text.slice(0, at) + letter + text.slice(at + 1);
}
