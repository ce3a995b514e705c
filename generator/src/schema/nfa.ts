import type { AST } from '@eslint-community/regexpp';
import { type CharSet, charSetOf } from './char-sets.ts';

export type Condition = 'start' | 'end' | 'boundary' | 'no-boundary';

export interface NfaState {
  readonly free: number[];
  readonly when: [Condition, number][];
  set: number;
  next: number;
}

const maxNfaStates = 20_000;

/** The expression has a construct that is not regular, or is too large. */
export class NotRegular extends Error {}

/** Builds the states of one expression. */
export class NfaBuilder {
  readonly states: NfaState[] = [];
  readonly sets: CharSet[] = [];
  usesWords = false;
  readonly #widened: boolean;

  /** `widened`: what is not regular is replaced by something that matches all that it does, and more. */
  constructor(widened = false) {
    this.#widened = widened;
  }

  state(): number {
    if (this.states.length >= maxNfaStates) throw new NotRegular();
    return this.states.push({ free: [], when: [], set: -1, next: -1 }) - 1;
  }

  #free(from: number, to: number): void {
    this.states[from]?.free.push(to);
  }

  alternatives(alternatives: readonly AST.Alternative[], from: number, isWhole = false): number {
    const end = this.state();
    for (const { elements } of alternatives) {
      const begin = this.state();
      this.#free(from, begin);
      this.#free(isWhole ? this.whole(elements, begin) : this.sequence(elements, begin), end);
    }
    return end;
  }

  sequence(elements: readonly AST.Element[], from: number): number {
    return elements.reduce((at, element) => this.#element(element, at), from);
  }

  /**
   * A whole expression or an alternative of it, which matches if it is found anywhere. So what it looks at ahead in the
   * end, or behind in the beginning, might as well be part of it.
   */
  whole(elements: readonly AST.Element[], from: number): number {
    return elements.reduce((at, element, index) => {
      const edge = index === 0 ? 'lookbehind' : index === elements.length - 1 ? 'lookahead' : undefined;
      const isLook = element.type === 'Assertion' && (element.kind === 'lookahead' || element.kind === 'lookbehind');
      const isEdge = isLook && !element.negate && (element.kind === edge || elements.length === 1);
      return isEdge ? this.alternatives(element.alternatives, at) : this.#element(element, at);
    }, from);
  }

  #element(element: AST.Element, from: number): number {
    switch (element.type) {
      case 'Group':
        if (element.modifiers !== null) throw new NotRegular();
        return this.alternatives(element.alternatives, from);
      case 'CapturingGroup':
        return this.alternatives(element.alternatives, from);
      case 'Quantifier':
        return this.#quantifier(element, from);
      case 'Assertion': {
        const to = this.state();
        let condition: Condition;
        if (element.kind === 'start' || element.kind === 'end') condition = element.kind;
        else if (element.kind === 'word') condition = element.negate ? 'no-boundary' : 'boundary';
        else if (this.#widened) return from;
        else throw new NotRegular();
        if (element.kind === 'word') this.usesWords = true;
        this.states[from]?.when.push([condition, to]);
        return to;
      }
      case 'Backreference': {
        if (!this.#widened) throw new NotRegular();
        // What its group matches, or nothing where the group was not passed.
        const groups = Array.isArray(element.resolved) ? element.resolved : [element.resolved];
        const end = this.alternatives(
          groups.flatMap((group) => group.alternatives),
          from,
        );
        this.#free(from, end);
        return end;
      }
      default: {
        const set = charSetOf(element);
        if (set === undefined) throw new NotRegular();
        const at = this.state();
        const to = this.state();
        this.#free(from, at);
        const state = this.states[at];
        if (state !== undefined) {
          state.set = this.sets.push(set) - 1;
          state.next = to;
        }
        return to;
      }
    }
  }

  #quantifier({ element, min, max }: AST.Quantifier, from: number): number {
    let at = from;
    for (let i = 0; i < min; i++) at = this.#element(element, at);
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.state();
      this.#free(at, loop);
      this.#free(this.#element(element, loop), loop);
      const end = this.state();
      this.#free(loop, end);
      return end;
    }
    const end = this.state();
    this.#free(at, end);
    for (let i = min; i < max; i++) {
      at = this.#element(element, at);
      this.#free(at, end);
    }
    return end;
  }
}

/** By state: whether the end can be reached from it once the start of the text is behind. */
export function liveStates(states: readonly NfaState[], final: number): readonly boolean[] {
  const before: number[][] = states.map(() => []);
  states.forEach(({ free, when, set, next }, from) => {
    const targets = [...free, ...when.flatMap(([condition, to]) => (condition === 'start' ? [] : [to]))];
    for (const to of set >= 0 ? [...targets, next] : targets) before[to]?.push(from);
  });
  const live: boolean[] = states.map(() => false);
  const open = [final];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (live[at] === true) continue;
    live[at] = true;
    for (const from of before[at] ?? []) open.push(from);
  }
  return live;
}
