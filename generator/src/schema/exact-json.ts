/**
 * Which numbers of a JSON text no double holds: `JSON.parse` rounds them, and two bounds that are one double, or a
 * fraction that was rounded to a whole number, would make a proof of what is false. So such a number is kept as it was
 * written, beside the object or array that it stands in.
 */
export type InexactNumbers = ReadonlyMap<object, ReadonlyMap<string, string>>;

export interface ExactJson {
  /** As `JSON.parse` gives it. */
  readonly value: unknown;
  /** By container and then by name or index, in the canonical form of `canonicalNumber`. */
  readonly inexact: InexactNumbers;
}

const none: InexactNumbers = new Map();

/**
 * `JSON.parse` that loses no digit. `parsed` is what `JSON.parse` made of the text, and is as good where there is nothing
 * to lose. Throws what `JSON.parse` throws, and a RangeError on a text with such numbers that nests too deeply.
 */
export function parseJsonExact(text: string, parsed?: unknown): ExactJson {
  if (!mayHoldInexact(text)) return { value: parsed ?? JSON.parse(text), inexact: none };
  const inexact = new Map<object, Map<string, string>>();
  function keep(this: object, key: string, value: unknown, context?: { readonly source?: string }): unknown {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const exact = canonicalNumber(context.source);
    if (exact === canonicalNumber(String(value))) return value;
    const known = inexact.get(this) ?? new Map<string, string>();
    inexact.set(this, known.set(key, exact));
    return value;
  }
  return { value: JSON.parse(text, keep), inexact };
}

/** Whether a number of the text is rounded; what stands in a string is taken for one. Most texts need no second look. */
function mayHoldInexact(text: string): boolean {
  for (const [literal] of text.matchAll(longNumbers)) {
    if (canonicalNumber(literal) !== canonicalNumber(String(Number(literal)))) return true;
  }
  return false;
}

const longNumbers = /\d[\d.]{15,}(?:[eE][+-]?\d+)?|\d[\d.]*[eE][+-]?\d{2,}/g;

/** One writing for each number: `12.50` and `1.25e1` are `125e-1`. What is no JSON number comes back as it is. */
export function canonicalNumber(literal: string): string {
  const [all, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  if (all === undefined) return literal;
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === '0') first += 1;
  let end = digits.length;
  while (end > first && digits[end - 1] === '0') end -= 1;
  if (first === end) return '0';
  return `${sign}${digits.slice(first, end)}e${Number(power) - fraction.length + digits.length - end}`;
}

/** Whether a number in canonical form has so many digits, or is so large or small, that nobody computes with it. */
export function isBeyondReason(canonical: string): boolean {
  const [digits = '', power = '0'] = canonical.split('e');
  return digits.length > mostDigits || Math.abs(Number(power)) > mostDigits;
}

const mostDigits = 1_000;
