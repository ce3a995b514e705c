import { createRequire } from 'node:module';
import type { AST } from '@eslint-community/regexpp';
import { type Automaton, LazyDfa } from './automaton.ts';
import { NfaBuilder, NotRegular } from './nfa.ts';

/** `pattern` holds exactly where every part matches, or does not match if `matches` is false. */
export interface PatternPart {
  readonly automaton: Automaton;
  readonly matches: boolean;
}

const require = createRequire(import.meta.url);

interface Parsed {
  readonly ast: AST.Pattern;
  /** It compiles only without the `u` flag. */
  readonly units: boolean;
}

function parse(pattern: string): Parsed | undefined {
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
  const builder = new NfaBuilder();
  const entry = builder.state();
  return new LazyDfa(builder, entry, builder.whole(elements, entry), units);
}

function whole(ast: AST.Pattern, units: boolean, widened: boolean): PatternPart {
  const builder = new NfaBuilder(widened);
  const entry = builder.state();
  const final = builder.alternatives(ast.alternatives, entry, true);
  return { automaton: new LazyDfa(builder, entry, final, units), matches: true };
}

/**
 * Look-ahead directly behind a leading `^` speaks of the whole rest, so it is a condition of its own beside the rest:
 * `^(?!a)b` is `^b` and not `^a`. Any other look-around is left undecided.
 */
function split(ast: AST.Pattern, units: boolean): PatternPart[] {
  const [only, ...others] = ast.alternatives;
  const [first, ...rest] = only?.elements ?? [];
  if (only === undefined || others.length > 0 || first?.type !== 'Assertion' || first.kind !== 'start') {
    return [whole(ast, units, false)];
  }
  const parts: PatternPart[] = [];
  let remaining: readonly AST.Element[] = rest;
  for (let next = remaining[0]; next?.type === 'Assertion' && next.kind === 'lookahead'; next = remaining[0]) {
    const builder = new NfaBuilder();
    const entry = builder.state();
    const final = builder.alternatives(next.alternatives, builder.sequence([first], entry));
    parts.push({ automaton: new LazyDfa(builder, entry, final, units), matches: !next.negate });
    remaining = remaining.slice(1);
  }
  parts.push({ automaton: build([first, ...remaining], units), matches: true });
  return parts;
}

type Parts = readonly PatternPart[] | null;

const exact = new Map<string, Parts>();
const wider = new Map<string, Parts>();

/** Undefined where the expression is not regular (look-around, back-references) or too large to be one. */
export function patternParts(pattern: string): readonly PatternPart[] | undefined {
  return cached(exact, pattern, ({ ast, units }) => split(ast, units));
}

/** A regular language that holds everything which the expression matches, and more. Undefined where that is too large. */
export function widerParts(pattern: string): readonly PatternPart[] | undefined {
  return cached(wider, pattern, ({ ast, units }) => [whole(ast, units, true)]);
}

function cached(
  cache: Map<string, Parts>,
  pattern: string,
  compile: (parsed: Parsed) => Parts,
): readonly PatternPart[] | undefined {
  let found = cache.get(pattern);
  if (found === undefined) {
    found = regular(pattern, compile);
    if (cache.size > 500) cache.clear();
    cache.set(pattern, found);
  }
  return found ?? undefined;
}

function regular(pattern: string, compile: (parsed: Parsed) => Parts): Parts {
  const parsed = parse(pattern);
  if (parsed === undefined) return null;
  try {
    return compile(parsed);
  } catch (error) {
    if (error instanceof NotRegular || error instanceof RangeError) return null;
    throw error;
  }
}
