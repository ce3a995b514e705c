import { createRequire } from 'node:module';
import type { AST } from '@eslint-community/regexpp';
import { type CharSet, charSetOf, classOf, type Partition, partition, wordChars } from './char-sets.ts';

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

/** `pattern` holds exactly where every part matches, or does not match if `matches` is false. */
export interface PatternPart {
  readonly automaton: Automaton;
  readonly matches: boolean;
}

type Condition = 'start' | 'end' | 'boundary' | 'no-boundary';

interface NfaState {
  readonly free: number[];
  readonly when: [Condition, number][];
  set: number;
  next: number;
}

const maxNfaStates = 20_000;
const maxDfaStates = 50_000;

/** The expression has a construct that is not regular, or is too large. */
class NotRegular extends Error {}

class Builder {
  readonly states: NfaState[] = [];
  readonly sets: CharSet[] = [];
  usesWords = false;

  state(): number {
    if (this.states.length >= maxNfaStates) throw new NotRegular();
    return this.states.push({ free: [], when: [], set: -1, next: -1 }) - 1;
  }

  #free(from: number, to: number): void {
    this.states[from]?.free.push(to);
  }

  alternatives(alternatives: readonly AST.Alternative[], from: number): number {
    const end = this.state();
    for (const alternative of alternatives) {
      const begin = this.state();
      this.#free(from, begin);
      this.#free(this.sequence(alternative.elements, begin), end);
    }
    return end;
  }

  sequence(elements: readonly AST.Element[], from: number): number {
    return elements.reduce((at, element) => this.#element(element, at), from);
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
        else throw new NotRegular();
        if (element.kind === 'word') this.usesWords = true;
        this.states[from]?.when.push([condition, to]);
        return to;
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

/** One set of expression states, and what the place in the text tells assertions. */
interface DfaState {
  readonly members: readonly number[];
  readonly atStart: boolean;
  readonly afterWord: boolean;
  readonly steps: (number | undefined)[];
  accepts: boolean | undefined;
}

class LazyDfa implements Automaton {
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

  constructor(builder: Builder, entry: number, final: number, units: boolean) {
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

function liveStates(states: readonly NfaState[], final: number): readonly boolean[] {
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

const require = createRequire(import.meta.url);

function parse(pattern: string): { readonly ast: AST.Pattern; readonly units: boolean } | undefined {
  const regexpp: typeof import('@eslint-community/regexpp') = require('@eslint-community/regexpp');
  for (const unicode of [true, false]) {
    try {
      new RegExp(pattern, unicode ? 'u' : '');
      const parser = new regexpp.RegExpParser({ ecmaVersion: 2025 });
      return { ast: parser.parsePattern(pattern, 0, pattern.length, { unicode }), units: !unicode };
    } catch {
      // Tried again without the flag.
    }
  }
  return undefined;
}

function build(elements: readonly AST.Element[], units: boolean): Automaton {
  const builder = new Builder();
  const entry = builder.state();
  return new LazyDfa(builder, entry, builder.sequence(elements, entry), units);
}

/**
 * Look-ahead directly behind a leading `^` speaks of the whole rest, so it is a condition of its own beside the rest:
 * `^(?!a)b` is `^b` and not `^a`. Any other look-around is left undecided.
 */
function split(ast: AST.Pattern, units: boolean): PatternPart[] {
  const [only, ...others] = ast.alternatives;
  const [first, ...rest] = only?.elements ?? [];
  if (only === undefined || others.length > 0 || first?.type !== 'Assertion' || first.kind !== 'start') {
    const builder = new Builder();
    const entry = builder.state();
    const final = builder.alternatives(ast.alternatives, entry);
    return [{ automaton: new LazyDfa(builder, entry, final, units), matches: true }];
  }
  const parts: PatternPart[] = [];
  let remaining: readonly AST.Element[] = rest;
  for (let next = remaining[0]; next?.type === 'Assertion' && next.kind === 'lookahead'; next = remaining[0]) {
    const builder = new Builder();
    const entry = builder.state();
    const final = builder.alternatives(next.alternatives, builder.sequence([first], entry));
    parts.push({ automaton: new LazyDfa(builder, entry, final, units), matches: !next.negate });
    remaining = remaining.slice(1);
  }
  parts.push({ automaton: build([first, ...remaining], units), matches: true });
  return parts;
}

const cache = new Map<string, readonly PatternPart[] | null>();

/** Undefined where the expression is not regular (look-around, back-references) or too large to be one. */
export function patternParts(pattern: string): readonly PatternPart[] | undefined {
  let found = cache.get(pattern);
  if (found === undefined) {
    found = compile(pattern);
    if (cache.size > 500) cache.clear();
    cache.set(pattern, found);
  }
  return found ?? undefined;
}

function compile(pattern: string): readonly PatternPart[] | null {
  const parsed = parse(pattern);
  if (parsed === undefined) return null;
  try {
    return split(parsed.ast, parsed.units);
  } catch (error) {
    if (error instanceof NotRegular || error instanceof RangeError) return null;
    throw error;
  }
}

/** Accepts exactly the given strings: a trie. */
export function wordsAutomaton(words: readonly string[]): Automaton {
  const nodes: { readonly next: Map<number, number>; end: boolean }[] = [{ next: new Map(), end: false }];
  const cuts = new Set<number>([0]);
  const points = new Set<number>();
  for (const word of words) {
    let at = 0;
    for (const char of word) {
      const point = char.codePointAt(0) ?? 0;
      cuts.add(point);
      cuts.add(point + 1);
      points.add(point);
      const known = nodes[at]?.next.get(point);
      if (known !== undefined) {
        at = known;
      } else {
        const made = nodes.push({ next: new Map(), end: false }) - 1;
        nodes[at]?.next.set(point, made);
        at = made;
      }
    }
    const last = nodes[at];
    if (last !== undefined) last.end = true;
  }
  return {
    start: 0,
    cuts: [...cuts],
    step: (state, point) => nodes[state]?.next.get(point) ?? -1,
    classOf: (point) => (points.has(point) ? point : -1),
    accepts: (state) => nodes[state]?.end ?? false,
    isSure: () => false,
    isDead: (state) => state === -1,
  };
}

export { NotRegular };
