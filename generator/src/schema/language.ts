import type { Automaton } from './automaton.ts';
import type { PatternPart } from './pattern-parts.ts';

/**
 * The shortest string in an intersection of regular languages and complements of them, of a length between two bounds.
 * A breadth-first walk over the product of the automata: nothing is determinised or multiplied out beforehand.
 */
export interface Condition {
  /** Holds where all parts do; negated as a whole when `holds` is false. */
  readonly parts: readonly PatternPart[];
  readonly holds: boolean;
}

export interface LengthRange {
  readonly min: number;
  /** Infinity for none. */
  readonly max: number;
}

const readable = [
  ...'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-. /:@+#,;!?*$%&()=~^|<>[]{}\'"`\\',
].map((char) => char.codePointAt(0) ?? 0);

const ranks: ReadonlyMap<number, number> = new Map(readable.map((point, rank) => [point, rank]));

/** Readable ones, then the line end and other letters, then whatever nobody sees. */
function rank(point: number): number {
  if (point === 0x0a) return readable.length;
  return ranks.get(point) ?? readable.length + (point < 32 || (point >= 0x2000 && point < 0x2070) ? 2 : 1);
}

/** One code point for each set of code points that no automaton tells apart, readable ones first. */
function alphabet(automata: readonly Automaton[]): readonly number[] {
  const starts = [...new Set([0, ...automata.flatMap((automaton) => automaton.cuts)])].sort((a, b) => a - b);
  const byClass = new Map<string, number>();
  const offer = (point: number): void => {
    const key = automata.map((automaton) => automaton.classOf(point)).join(',');
    const known = byClass.get(key);
    if (known === undefined || rank(point) < rank(known)) byClass.set(key, point);
  };
  for (const point of readable) offer(point);
  starts.forEach((start, index) => {
    const end = (starts[index + 1] ?? 0x110000) - 1;
    if (start > end || start > 0x10ffff) return;
    // Neither a control character nor half a surrogate pair makes a good witness, if the run has anything else.
    if (start < 0xa1 && end > 0xa1) offer(0xa1);
    else if (start >= 0xd800 && start <= 0xdfff && end > 0xdfff) offer(0xe000);
    else offer(start);
  });
  return [...byClass.values()].sort((a, b) => rank(a) - rank(b) || a - b);
}

interface Visit {
  readonly states: readonly number[];
  readonly length: number;
  readonly from: Visit | undefined;
  readonly point: number;
}

/**
 * Strings in the order of their length, at most `variety` for each way through the automata; ends when there are no more.
 * `tick` is called for each step and may throw to end the search.
 */
export function* strings(
  conditions: readonly Condition[],
  range: LengthRange,
  tick: () => void,
  variety = 1,
): Generator<string, void, undefined> {
  if (range.min > range.max) return;
  const automata = conditions.flatMap(({ parts }) => parts.map((part) => part.automaton));
  const points = alphabet(automata);
  const accepted = (states: readonly number[]): boolean => {
    let at = 0;
    return conditions.every(({ parts, holds }) => {
      const all = parts.map((part) => part.automaton.accepts(states[at++] ?? -1) === part.matches).every(Boolean);
      return all === holds;
    });
  };
  const hopeless = (states: readonly number[]): boolean => {
    let at = 0;
    return conditions.some(({ parts, holds }) => {
      const settled = parts.map(({ automaton, matches }) => {
        const state = states[at++] ?? -1;
        if (automaton.isSure(state)) return matches;
        return automaton.isDead(state) ? !matches : undefined;
      });
      return holds ? settled.includes(false) : settled.every((known) => known === true);
    });
  };
  const seen = new Map<string, number>();
  const first: Visit = { states: automata.map((automaton) => automaton.start), length: 0, from: undefined, point: 0 };
  let layer: Visit[] = [first];
  while (layer.length > 0) {
    const next: Visit[] = [];
    for (const visit of layer) {
      if (visit.length >= range.min && accepted(visit.states)) yield text(visit);
      if (visit.length >= range.max) continue;
      for (const point of points) {
        tick();
        const states = automata.map((automaton, index) => automaton.step(visit.states[index] ?? -1, point));
        if (hopeless(states)) continue;
        const length = visit.length + 1;
        const key = `${Math.min(length, range.min)}|${states.join(',')}`;
        const times = seen.get(key) ?? 0;
        if (times >= variety) continue;
        seen.set(key, times + 1);
        next.push({ states, length, from: visit, point });
      }
    }
    layer = next;
  }
}

function text(last: Visit): string {
  const points: number[] = [];
  for (let at: Visit | undefined = last; at?.from !== undefined; at = at.from) points.push(at.point);
  let made = '';
  for (const point of points.reverse()) made += String.fromCodePoint(point);
  return made;
}
