import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  floorQuotient,
  isMultiple,
  leastCommonMultiple,
  nearest,
  one,
  timesInteger,
  toNumber,
} from './decimal.ts';
import { matchesFormat } from './formats.ts';
import { type Found, none, unknown, value } from './found.ts';

/** What a number must satisfy; every part is a conjunct. */
export type NumberLiteral =
  | { readonly kind: 'above' | 'below'; readonly bound: Decimal; readonly inclusive: boolean }
  | { readonly kind: 'multiple'; readonly of: Decimal; readonly holds: boolean }
  | { readonly kind: 'format'; readonly format: string; readonly holds: boolean }
  | { readonly kind: 'differs'; readonly from: number };

interface Bound {
  readonly at: Decimal;
  readonly inclusive: boolean;
}

interface Numbers {
  readonly low: Bound | undefined;
  readonly high: Bound | undefined;
  readonly step: Decimal | undefined;
  readonly steps: readonly number[];
  readonly notSteps: readonly Decimal[];
  readonly excluded: ReadonlySet<number>;
}

/** More candidates than these are not tried one by one. */
const maxCandidates = 4_000;
const zero: Decimal = { mantissa: 0n, exponent: 0 };

function gather(literals: readonly NumberLiteral[]): Numbers {
  let low: Bound | undefined;
  let high: Bound | undefined;
  let step: Decimal | undefined;
  const steps: number[] = [];
  const notSteps: Decimal[] = [];
  const excluded = new Set<number>();
  for (const literal of literals) {
    if (literal.kind === 'format') continue;
    if (literal.kind === 'differs') excluded.add(literal.from);
    else if (literal.kind === 'multiple' && literal.holds) {
      const { of } = literal;
      steps.push(nearest(of));
      step = step === undefined ? of : leastCommonMultiple(step, of);
    } else if (literal.kind === 'multiple') notSteps.push(literal.of);
    else {
      const bound = { at: literal.bound, inclusive: literal.inclusive };
      if (literal.kind === 'above') low = tighter(low, bound, 1);
      else high = tighter(high, bound, -1);
    }
  }
  return { low, high, step, steps, notSteps, excluded };
}

function tighter(known: Bound | undefined, other: Bound, sign: 1 | -1): Bound {
  if (known === undefined) return other;
  const order = compareDecimals(other.at, known.at) * sign;
  if (order === 0) return known.inclusive ? other : known;
  return order > 0 ? other : known;
}

/** A number that meets every literal: near a bound, whole where possible. Exact for decimals of any size. */
export function findNumber(literals: readonly NumberLiteral[], tick: () => void): Found {
  const found = findByArithmetic(literals, tick);
  const formats = literals.filter((literal) => literal.kind === 'format');
  if (found.kind === 'none' || formats.length === 0) return found;
  for (const { format, holds } of formats) {
    if (formats.some((other) => other.format === format && other.holds !== holds)) return none;
  }
  for (const candidate of found.kind === 'value' ? [found.value] : []) {
    if (formats.every(({ format, holds }) => matchesFormat(format, candidate) === holds)) return found;
  }
  return unknown(`the format '${formats[0]?.format}' is not decided in general`);
}

function findByArithmetic(literals: readonly NumberLiteral[], tick: () => void): Found {
  const numbers = gather(literals);
  const { low, high, step } = numbers;
  if (low !== undefined && high !== undefined) {
    const order = compareDecimals(low.at, high.at);
    if (order > 0 || (order === 0 && !(low.inclusive && high.inclusive))) return none;
  }
  if (step === undefined) return findAnywhere(numbers, tick);
  if (numbers.notSteps.some((other) => isMultiple(step, other))) return none;
  return findMultiple(numbers, step, tick);
}

function inside(candidate: Decimal, { low, high }: Numbers): boolean {
  if (low !== undefined) {
    const order = compareDecimals(candidate, low.at);
    if (order < 0 || (order === 0 && !low.inclusive)) return false;
  }
  if (high !== undefined) {
    const order = compareDecimals(candidate, high.at);
    if (order > 0 || (order === 0 && !high.inclusive)) return false;
  }
  return true;
}

function allowed(candidate: Decimal, numbers: Numbers): boolean {
  if (numbers.notSteps.some((other) => isMultiple(candidate, other))) return false;
  const number = numbers.excluded.size === 0 ? undefined : toNumber(candidate);
  return number === undefined || !numbers.excluded.has(number);
}

/** Division in binary agrees with the decimals, so that other validators agree too. */
function isPlain(candidate: number, numbers: Numbers): boolean {
  return numbers.steps.every((step) => Number.isInteger(candidate / step));
}

function findMultiple(numbers: Numbers, step: Decimal, tick: () => void): Found {
  const { low, high } = numbers;
  let first = low === undefined ? undefined : floorQuotient(low.at, step);
  while (
    low !== undefined &&
    first !== undefined &&
    !inside(timesInteger(step, first), { ...numbers, high: undefined })
  ) {
    first++;
  }
  let last = high === undefined ? undefined : floorQuotient(high.at, step);
  if (high !== undefined && last !== undefined && !inside(timesInteger(step, last), { ...numbers, low: undefined })) {
    last--;
  }
  if (first !== undefined && last !== undefined && first > last) return none;
  // Zero and its neighbours when they are allowed, otherwise from the bound inwards; what is positive reads better.
  const up = last === undefined || last >= 0n;
  const start = first !== undefined && first > 0n ? first : last !== undefined && last < 0n ? last : 0n;
  let inexact: Found | undefined;
  let tried = 0;
  const attempt = (k: bigint): Found | undefined => {
    tick();
    tried++;
    const candidate = timesInteger(step, k);
    if (!allowed(candidate, numbers)) return undefined;
    const number = toNumber(candidate);
    if (number === undefined) inexact ??= unknown('the only numbers left cannot be written as a double');
    else if (isPlain(number, numbers)) return value(number);
    else inexact ??= value(number);
    return undefined;
  };
  for (let distance = 0n; tried < maxCandidates + numbers.excluded.size; distance++) {
    const above = start + distance;
    const below = start - distance;
    const aboveIn = last === undefined || above <= last;
    const belowIn = first === undefined || below >= first;
    if (!aboveIn && !belowIn) return inexact ?? none;
    const order = up ? [above, below] : [below, above];
    for (const k of distance === 0n ? [start] : order) {
      if ((last !== undefined && k > last) || (first !== undefined && k < first)) continue;
      const found = attempt(k);
      if (found !== undefined) return found;
    }
    if (inexact !== undefined && tried > 200) return inexact;
  }
  return inexact ?? unknown('too many numbers to try with `multipleOf`');
}

/** Without a positive step the allowed numbers are dense: a few candidates at growing precision meet any finite exclusion. */
function findAnywhere(numbers: Numbers, tick: () => void): Found {
  const { low, high } = numbers;
  const bases: Decimal[] = [];
  if (low !== undefined) bases.push(low.at);
  if (high !== undefined) bases.push(high.at);
  if (inside(zero, numbers)) bases.unshift(zero);
  if (low !== undefined && high !== undefined && compareDecimals(low.at, high.at) === 0) {
    if (!allowed(low.at, numbers)) return none;
    const only = toNumber(low.at);
    return only === undefined ? unknown('the only number left cannot be written as a double') : value(only);
  }
  for (let places = 0; places <= 20; places++) {
    const unit: Decimal = { mantissa: 1n, exponent: -places };
    for (const base of bases) {
      for (let k = 0n; k <= 20n + BigInt(numbers.excluded.size); k++) {
        for (const offset of k === 0n ? [0n] : [k, -k]) {
          tick();
          const candidate = addDecimals(whole(base, places), timesInteger(unit, offset));
          if (!inside(candidate, numbers) || !allowed(candidate, numbers)) continue;
          const number = toNumber(candidate);
          if (number !== undefined) return value(number);
        }
      }
    }
  }
  // Far from zero a neighbour differs in a high place only.
  for (const base of bases) {
    for (const factor of [2n, 10n, 100n, 11n, 1_001n]) {
      const candidate = timesInteger(base, factor);
      const number = inside(candidate, numbers) && allowed(candidate, numbers) ? toNumber(candidate) : undefined;
      if (number !== undefined) return value(number);
    }
  }
  const middle = low !== undefined && high !== undefined ? toNumber(half(addDecimals(low.at, high.at))) : undefined;
  if (middle !== undefined && inside(decimal(middle), numbers) && allowed(decimal(middle), numbers))
    return value(middle);
  return unknown('no number that a double holds was found');
}

function half(sum: Decimal): Decimal {
  return { mantissa: sum.mantissa * 5n, exponent: sum.exponent - 1 };
}

/** Rounded down to so many places behind the point. */
function whole(at: Decimal, places: number): Decimal {
  const unit: Decimal = { mantissa: one.mantissa, exponent: -places };
  return timesInteger(unit, floorQuotient(at, unit));
}
