import type { Automaton } from './automaton.ts';
import { formatSamples, matchesFormat } from './formats.ts';
import { type Found, none, unknown, value } from './found.ts';
import { codePoints } from './json.ts';
import { type Condition, strings } from './language.ts';
import { NotRegular } from './nfa.ts';
import { patternParts, widerParts } from './pattern-parts.ts';
import { matchesPattern } from './patterns.ts';
import { wordsAutomaton } from './words-automaton.ts';

/** What a string must satisfy; every part is a conjunct. */
export type StringLiteral =
  | { readonly kind: 'shortest' | 'longest'; readonly length: number }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly holds: boolean }
  | { readonly kind: 'format'; readonly format: string; readonly holds: boolean }
  | { readonly kind: 'differs'; readonly from: string };

/** Strings that are tried where an atom cannot be decided by automata. */
const maxSamples = 200;
/** Of which so many lead to the same place, because what is undecided may tell them apart. */
const sampleVariety = 4;
/** A longer string is no witness that anybody reads, and costs as much as it is long. */
const maxLength = 100_000;

const ordinary = [
  '',
  'a',
  'b',
  'A',
  '0',
  '1',
  ' ',
  'aa',
  'ab',
  'abc',
  'a1',
  'A1',
  '-',
  '_',
  'foo',
  'foobar',
  'Aa1!aaaa',
];

interface Strings {
  min: number;
  max: number;
  readonly patterns: Map<string, boolean>;
  readonly formats: Map<string, boolean>;
  readonly excluded: Set<string>;
}

/** Undefined when two literals contradict each other outright. */
function gather(literals: readonly StringLiteral[]): Strings | undefined {
  const all: Strings = {
    min: 0,
    max: Number.POSITIVE_INFINITY,
    patterns: new Map(),
    formats: new Map(),
    excluded: new Set(),
  };
  for (const literal of literals) {
    if (literal.kind === 'shortest') all.min = Math.max(all.min, literal.length);
    else if (literal.kind === 'longest') all.max = Math.min(all.max, literal.length);
    else if (literal.kind === 'differs') all.excluded.add(literal.from);
    else if (literal.kind === 'pattern') {
      if (all.patterns.get(literal.pattern) === !literal.holds) return undefined;
      all.patterns.set(literal.pattern, literal.holds);
    } else if (literal.kind === 'format') {
      if (all.formats.get(literal.format) === !literal.holds) return undefined;
      all.formats.set(literal.format, literal.holds);
    }
  }
  return all.min > all.max ? undefined : all;
}

/** A string that meets every literal, the shortest where regular languages decide. */
export function findString(literals: readonly StringLiteral[], tick: () => void): Found {
  const wanted = gather(literals);
  if (wanted === undefined) return none;
  const { patterns, formats, excluded } = wanted;
  if (wanted.min > maxLength) return unknown(`no string of ${wanted.min} or more characters is tried`);
  if (patterns.size === 0 && formats.size === 0) return plain(wanted);

  const conditions: Condition[] = [];
  let undecided: string | undefined;
  for (const [pattern, holds] of patterns) {
    const parts = patternParts(pattern);
    if (parts !== undefined) conditions.push({ parts, holds });
    else {
      undecided = `the pattern '${pattern}' is not a regular language`;
      // What is left of a wider language is looked through for what the pattern itself matches.
      const around = holds ? widerParts(pattern) : undefined;
      if (around !== undefined) conditions.push({ parts: around, holds });
    }
  }
  for (const format of formats.keys()) undecided ??= `the format '${format}' is not decided in general`;
  if (excluded.size > 0) conditions.push({ parts: [{ automaton: wordsOf(excluded), matches: true }], holds: false });

  const tries = (candidate: string): boolean => fits(candidate, wanted);
  let seen = 0;
  try {
    for (const candidate of strings(
      conditions,
      { min: wanted.min, max: wanted.max },
      tick,
      undecided === undefined ? 1 : sampleVariety,
    )) {
      if (undecided === undefined || tries(candidate)) return value(candidate);
      if (++seen >= maxSamples) break;
    }
    if (seen < maxSamples && (undecided === undefined || seen === 0)) return none;
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
    undecided ??= 'a pattern is too large';
  }
  const sample = [...ordinary, ...formatSamples()].find(tries);
  return sample === undefined ? unknown(undecided ?? 'no string was found') : value(sample);
}

const wordSets = new WeakMap<ReadonlySet<string>, Automaton>();

function wordsOf(words: ReadonlySet<string>): Automaton {
  const known = wordSets.get(words) ?? wordsAutomaton([...words]);
  wordSets.set(words, known);
  return known;
}

function fits(candidate: string, { min, max, patterns, formats, excluded }: Strings): boolean {
  const length = codePoints(candidate);
  if (length < min || length > max || excluded.has(candidate)) return false;
  for (const [pattern, holds] of patterns) if (matchesPattern(pattern, candidate) !== holds) return false;
  for (const [format, holds] of formats) if (matchesFormat(format, candidate) !== holds) return false;
  return true;
}

/** Only lengths and exclusions: 'a', 'b', … of the shortest length that has one left. */
function plain({ min, max, excluded }: Strings): Found {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  for (let length = min; length <= max; length++) {
    const stem = 'a'.repeat(Math.max(0, length - 1));
    const ends = length === 0 ? [''] : [...alphabet];
    for (const end of ends) if (!excluded.has(stem + end)) return value(stem + end);
    if (length - min > excluded.size) break;
    // The alphabet is larger than what is shown here; go on to characters outside it before going longer.
    for (let i = 0; length > 0 && i <= excluded.size; i++) {
      const rare = stem + String.fromCodePoint(0x4e00 + i);
      if (!excluded.has(rare)) return value(rare);
    }
  }
  return none;
}
