import { createRequire } from 'node:module';
import type { AST } from '@eslint-community/regexpp';

/** A set of code points as sorted, disjoint, non-touching ranges. */
export type CharSet = readonly (readonly [number, number])[];

export const lastCodePoint = 0x10ffff;

export function normalise(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [min, max] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && min <= last[1] + 1) last[1] = Math.max(last[1], max);
    else merged.push([min, max]);
  }
  return merged;
}

export function complement(set: CharSet): CharSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [min, max] of set) {
    if (min > next) gaps.push([next, min - 1]);
    next = max + 1;
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint]);
  return gaps;
}

const code = (char: string): number => char.codePointAt(0) ?? 0;
const digits: CharSet = [[code('0'), code('9')]];
export const wordChars: CharSet = normalise([
  ...digits,
  [code('A'), code('Z')],
  [code('_'), code('_')],
  [code('a'), code('z')],
]);
const spaces: CharSet = normalise(
  [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]
    .map((c) => [c, c] as const)
    .concat([[0x2000, 0x200a]]),
);
const lineEnds: CharSet = normalise([0x0a, 0x0d, 0x2028, 0x2029].map((c) => [c, c] as const));

const require = createRequire(import.meta.url);

/** `\p{…}`: the one table that is too large to write down; refa has it. */
function property(set: AST.CharacterUnicodePropertyCharacterSet): CharSet {
  const refa: typeof import('refa') = require('refa');
  const flags = { unicode: true };
  return refa.JS.createCharSet([set], flags).ranges.map(({ min, max }) => [min, max] as const);
}

/** The set of one element of an expression; undefined for what is no set of single characters. */
export function charSetOf(element: AST.Element | AST.CharacterClassElement): CharSet | undefined {
  switch (element.type) {
    case 'Character':
      return [[element.value, element.value]];
    case 'CharacterClassRange':
      return [[element.min.value, element.max.value]];
    case 'CharacterSet': {
      if (element.kind === 'any') return complement(lineEnds);
      if (element.kind === 'property') return element.strings ? undefined : property(element);
      const set = element.kind === 'digit' ? digits : element.kind === 'space' ? spaces : wordChars;
      return element.negate ? complement(set) : set;
    }
    case 'CharacterClass': {
      const parts = element.elements.map((part) => charSetOf(part));
      const known = parts.filter((part) => part !== undefined);
      if (known.length < parts.length) return undefined;
      const union = normalise(known.flat());
      return element.negate ? complement(union) : union;
    }
    default:
      return undefined;
  }
}

/**
 * Code points cut into classes whose members no set tells apart. `starts[i]` begins the i-th run of code points, which
 * belongs to class `classes[i]`.
 */
export interface Partition {
  readonly starts: readonly number[];
  readonly classes: readonly number[];
  readonly count: number;
}

export function partition(sets: readonly CharSet[]): Partition {
  const cuts = new Set<number>([0]);
  for (const set of sets) {
    for (const [min, max] of set) {
      cuts.add(min);
      if (max < lastCodePoint) cuts.add(max + 1);
    }
  }
  const starts = [...cuts].sort((a, b) => a - b);
  const signatures = starts.map(() => '');
  sets.forEach((set, index) => {
    let at = 0;
    for (const [min, max] of set) {
      while ((starts[at] ?? Number.POSITIVE_INFINITY) < min) at++;
      for (; (starts[at] ?? Number.POSITIVE_INFINITY) <= max; at++) signatures[at] += `${index},`;
    }
  });
  const ids = new Map<string, number>();
  const classes = signatures.map((signature) => {
    const id = ids.get(signature) ?? ids.size;
    ids.set(signature, id);
    return id;
  });
  return { starts, classes, count: ids.size };
}

export function classOf(cut: Partition, codePoint: number): number {
  let low = 0;
  let high = cut.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cut.starts[middle] ?? 0) <= codePoint) low = middle;
    else high = middle - 1;
  }
  return cut.classes[low] ?? 0;
}
