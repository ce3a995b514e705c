import type { NumberKeyword, SchemaNode } from './ast.ts';

/**
 * JSON numbers as exact decimals: `mantissa × 10^exponent`. A JavaScript number stands for the decimal that it prints
 * as, so 0.3 is a multiple of 0.1 here although it is not one in binary.
 */
export interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

export const one: Decimal = { mantissa: 1n, exponent: 0 };

const cache = new Map<number, Decimal>();

export function decimal(value: number): Decimal {
  const known = cache.get(value);
  if (known !== undefined) return known;
  const made = Number.isSafeInteger(value) ? { mantissa: BigInt(value), exponent: 0 } : parse(String(value));
  if (cache.size > 10_000) cache.clear();
  cache.set(value, made);
  return made;
}

/** The number of a keyword, undefined where it is not written. */
export function decimalOf(node: SchemaNode, keyword: NumberKeyword): Decimal | undefined {
  const exact = node.exact?.get(keyword);
  if (exact !== undefined) return parse(exact);
  const near = node[keyword];
  return near === undefined ? undefined : decimal(near);
}

/** Text as `String(number)` writes it: digits, at most one point, at most one `e`. */
function parse(text: string): Decimal {
  const [digits = '0', power = '0'] = text.split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  return { mantissa: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Both mantissas at the smaller exponent. */
function align(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [shift(a.mantissa, a.exponent - exponent), shift(b.mantissa, b.exponent - exponent), exponent];
}

function shift(mantissa: bigint, places: number): bigint {
  return places === 0 ? mantissa : mantissa * 10n ** BigInt(places);
}

export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = align(a, b);
  return { mantissa: x + y, exponent };
}

export function timesInteger(a: Decimal, factor: bigint): Decimal {
  return { mantissa: a.mantissa * factor, exponent: a.exponent };
}

export function isMultiple(value: Decimal, step: Decimal): boolean {
  const [x, y] = align(value, step);
  return x % y === 0n;
}

/** The largest whole k with k × step ≤ value; `step` is positive. */
export function floorQuotient(value: Decimal, step: Decimal): bigint {
  const [x, y] = align(value, step);
  const quotient = x / y;
  return x < 0n && x % y !== 0n ? quotient - 1n : quotient;
}

export function leastCommonMultiple(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = align(a, b);
  let [p, q] = [x, y];
  while (q !== 0n) [p, q] = [q, p % q];
  return { mantissa: (x / p) * y, exponent };
}

/** The double next to it. */
export function nearest(value: Decimal): number {
  return Number(`${value.mantissa}e${value.exponent}`);
}

/** The JavaScript number that prints as exactly this decimal; undefined when there is none. */
export function toNumber(value: Decimal): number | undefined {
  const number = nearest(value);
  return Number.isFinite(number) && compareDecimals(decimal(number), value) === 0 ? number : undefined;
}

/** `value` is a multiple of `step`, by decimal arithmetic. */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  return isMultiple(decimal(value), decimal(step));
}
