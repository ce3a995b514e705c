/** Violations in the contract's language: `/lines/0/quantity must be ≥ 1 (was 0)`. */
import type { Violation } from '../validation/validators.ts';
import { pointerTokens } from './pointer.ts';

/** More are counted, not spelled out. */
const spelledOut = 5;
const longestValue = 60;

/** Answers the text of the violations with classified values left out. */
export type DescribeViolations = (violations: readonly Violation[]) => string;

export function compileViolationText(
  classification: Readonly<Record<string, 'personal' | 'secret'>>,
): DescribeViolations {
  const classified = Object.entries(classification).map(([pointer, kind]) => ({
    tokens: pointerTokens(pointer),
    kind,
  }));
  const kindAt = (pointer: string): string | undefined => {
    const tokens = pointerTokens(pointer);
    return classified.find((c) => related(c.tokens, tokens))?.kind;
  };
  return (violations) => {
    const texts = violations.slice(0, spelledOut).map((violation) => {
      const where = violation.pointer === '' ? 'the event' : violation.pointer;
      if (!('actual' in violation)) return `${where} ${violation.expected}`;
      const kind = classified.length === 0 ? undefined : kindAt(violation.pointer);
      return `${where} ${violation.expected} (was ${kind === undefined ? show(violation.actual) : `[${kind}]`})`;
    });
    const more = violations.length - spelledOut;
    return more > 0 ? `${texts.join('; ')}; and ${more} more` : texts.join('; ');
  };
}

/** The kind of what a pointer leads to, holds, or is part of. */
export function classifiedAs(
  classification: Readonly<Record<string, 'personal' | 'secret'>>,
  pointer: string,
): 'personal' | 'secret' | undefined {
  const tokens = pointerTokens(pointer);
  return Object.entries(classification).find(([classified]) => related(pointerTokens(classified), tokens))?.[1];
}

// A value above a classified one contains it, a value below is part of it: neither is shown.
function related(classified: readonly string[], tokens: readonly string[]): boolean {
  const shared = Math.min(classified.length, tokens.length);
  for (let i = 0; i < shared; i++) {
    if (classified[i] !== '*' && classified[i] !== tokens[i]) return false;
  }
  return true;
}

function show(value: unknown): string {
  const text = textOf(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? 'an array' : 'an object';
  }
}
