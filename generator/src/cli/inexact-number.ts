import { canonicalNumber, type ExactJson, type Json, parseJsonExact } from '../schema/index.ts';

/** A schema file with the numbers that no double holds; of YAML, which is read as doubles only, why it is not compared. */
export function exactly(raw: Json, text: string): ExactJson | string {
  try {
    return parseJsonExact(text, raw);
  } catch {
    const literal = inexactLiteral(text);
    if (literal === undefined) return { value: raw, inexact: new Map() };
    const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
    return `The number ${shown} is more than a double can hold, and only JSON is read more exactly than that.`;
  }
}

const literals = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function inexactLiteral(text: string): string | undefined {
  for (const [literal] of text.matchAll(literals)) {
    const isExact = literal.startsWith('"') || canonicalNumber(literal) === canonicalNumber(String(Number(literal)));
    if (!isExact) return literal;
  }
  return undefined;
}
