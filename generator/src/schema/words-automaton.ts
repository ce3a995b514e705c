import type { Automaton } from './automaton.ts';

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
