import { classOf, type Partition, partition, wordChars } from './char-sets.ts';
import { type Condition, liveStates, type NfaBuilder, type NfaState, NotRegular } from './nfa.ts';

/**
 * A regular expression as a deterministic automaton that is unfolded only as far as somebody walks it, so neither
 * `(a+)+$` nor `.{1,500}x.{500}` costs more than the steps that are taken. It reads code points; an expression that
 * compiles only without the `u` flag reads UTF-16 units underneath.
 */
export interface Automaton {
  readonly start: number;
  /** Code points at which a new run of equally treated code points begins. */
  readonly cuts: readonly number[];
  step(state: number, codePoint: number): number;
  /** Code points of one class take every state to the same one. */
  classOf(codePoint: number): number;
  accepts(state: number): boolean;
  /** From here every continuation is accepted. */
  isSure(state: number): boolean;
  /** From here no continuation is accepted. May miss some such states. */
  isDead(state: number): boolean;
}

const maxDfaStates = 50_000;

/** One set of expression states, and what the place in the text tells assertions. */
interface DfaState {
  readonly members: readonly number[];
  readonly atStart: boolean;
  readonly afterWord: boolean;
  readonly steps: (number | undefined)[];
  accepts: boolean | undefined;
}

export class LazyDfa implements Automaton {
  readonly start: number;
  readonly cuts: readonly number[];
  readonly #nfa: readonly NfaState[];
  readonly #entry: number;
  readonly #final: number;
  readonly #cut: Partition;
  /** Whether each class is a member of each set, by `set * count + class`. */
  readonly #matches: readonly boolean[];
  readonly #wordSet: number;
  readonly #units: boolean;
  readonly #states: DfaState[] = [];
  readonly #known = new Map<string, number>();
  readonly #sure: number;
  /** By expression state: whether the end can be reached from it once the start of the text is behind. */
  readonly #live: readonly boolean[];

  constructor(builder: NfaBuilder, entry: number, final: number, units: boolean) {
    this.#nfa = builder.states;
    this.#entry = entry;
    this.#final = final;
    this.#units = units;
    const sets = [...builder.sets];
    this.#wordSet = builder.usesWords ? sets.push(wordChars) - 1 : -1;
    this.#cut = partition(sets);
    const matches: boolean[] = new Array(sets.length * this.#cut.count).fill(false);
    sets.forEach((set, index) => {
      for (const [min, max] of set) {
        this.#cut.starts.forEach((start, run) => {
          if (start >= min && start <= max) matches[index * this.#cut.count + (this.#cut.classes[run] ?? 0)] = true;
        });
      }
    });
    this.#matches = matches;
    this.cuts = units ? [...new Set([...this.#cut.starts, 0xd800, 0xe000, 0x10000])] : this.#cut.starts;
    if (units) {
      const surrogate = classOf(this.#cut, 0xd800);
      if (
        this.#cut.starts.some((start, run) => start > 0xd800 && start < 0xe000 && this.#cut.classes[run] !== surrogate)
      ) {
        throw new NotRegular();
      }
    }
    this.#live = liveStates(builder.states, final);
    this.#sure = this.#intern([-1], false, false);
    this.start = this.#intern([entry], true, false);
  }

  step(state: number, codePoint: number): number {
    if (this.#units && codePoint > 0xffff) {
      const surrogate = classOf(this.#cut, 0xd800);
      return this.#stepClass(this.#stepClass(state, surrogate), surrogate);
    }
    return this.#stepClass(state, classOf(this.#cut, codePoint));
  }

  classOf(codePoint: number): number {
    return this.#units && codePoint > 0xffff ? -1 : classOf(this.#cut, codePoint);
  }

  accepts(state: number): boolean {
    if (state === this.#sure) return true;
    const from = this.#states[state];
    if (from === undefined) return false;
    from.accepts ??= this.#closure(from, false, true).has(this.#final);
    return from.accepts;
  }

  isSure(state: number): boolean {
    return state === this.#sure;
  }

  isDead(state: number): boolean {
    const at = this.#states[state];
    return state !== this.#sure && at !== undefined && !at.atStart && !at.members.some((one) => this.#live[one]);
  }

  #stepClass(state: number, charClass: number): number {
    if (state === this.#sure) return state;
    const from = this.#states[state];
    if (from === undefined) return state;
    const known = from.steps[charClass];
    if (known !== undefined) return known;
    const isWord = this.#wordSet >= 0 && this.#matches[this.#wordSet * this.#cut.count + charClass] === true;
    const closure = this.#closure(from, isWord, false);
    let to: number;
    if (closure.has(this.#final)) {
      to = this.#sure;
    } else {
      // A match may begin at any character, so the entry is always among the states.
      const next = new Set<number>([this.#entry]);
      for (const at of closure) {
        const { set, next: target } = this.#nfa[at] ?? { set: -1, next: -1 };
        if (set >= 0 && this.#matches[set * this.#cut.count + charClass] === true) next.add(target);
      }
      to = this.#intern(
        [...next].sort((a, b) => a - b),
        false,
        isWord,
      );
    }
    from.steps[charClass] = to;
    return to;
  }

  #closure(from: DfaState, beforeWord: boolean, atEnd: boolean): Set<number> {
    const holds = (condition: Condition): boolean => {
      if (condition === 'start') return from.atStart;
      if (condition === 'end') return atEnd;
      return (from.afterWord !== beforeWord) === (condition === 'boundary');
    };
    const seen = new Set<number>(from.members);
    const open = [...from.members];
    const reach = (to: number): void => {
      if (seen.has(to)) return;
      seen.add(to);
      open.push(to);
    };
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const state = this.#nfa[at];
      if (state === undefined) continue;
      for (const to of state.free) reach(to);
      for (const [condition, to] of state.when) if (holds(condition)) reach(to);
    }
    return seen;
  }

  #intern(members: readonly number[], atStart: boolean, afterWord: boolean): number {
    const key = `${atStart ? '^' : ''}${afterWord ? 'w' : ''}${members.join(',')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= maxDfaStates) throw new NotRegular();
    const id = this.#states.push({ members, atStart, afterWord, steps: [], accepts: undefined }) - 1;
    this.#known.set(key, id);
    return id;
  }
}
