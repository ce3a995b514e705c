/**
 * The tests that generated validators are made of. Each looks at a value and allocates nothing, unless it says so.
 * A member that holds `undefined` counts as absent, because JSON would leave it out.
 */
export interface Members {
  readonly [name: string]: unknown;
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** NaN and the infinities are no JSON numbers. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

/** A member by a name that every object inherits something under, `constructor` or `__proto__`. */
export function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

export function countMembers(members: Members): number {
  let count = 0;
  for (const name in members) if (members[name] !== undefined) count++;
  return count;
}

/** Length in code points, up to `enough`; a text whose units already answer is not walked through. */
export function hasLength(text: string, atLeast: number, atMost: number): boolean {
  const units = text.length;
  if (units < atLeast) return false;
  if (units <= atMost && units >= atLeast * 2) return true;
  let count = units;
  for (let i = 0; i + 1 < units; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(i + 1);
    if (next < 0xdc00 || next > 0xdfff) continue;
    count--;
    i++;
  }
  return count >= atLeast && count <= atMost;
}

/** By decimal arithmetic: 0.3 is a multiple of 0.1. May allocate for numbers of more than 15 digits. */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  for (let scale = 1; scale <= 1e15; scale *= 10) {
    const steps = Math.round(step * scale);
    if (steps / scale !== step) continue;
    const scaled = Math.round(value * scale);
    // Beyond that, doubles no longer tell neighbouring decimals of this scale apart.
    if (Math.abs(scaled) > 1e15 || steps > 1e15) break;
    return scaled / scale === value && scaled % steps === 0;
  }
  const [a, b] = [decimal(value), decimal(step)];
  const exponent = Math.min(a.exponent, b.exponent);
  const at = ({ digits, exponent: own }: Decimal): bigint => digits * 10n ** BigInt(own - exponent);
  return at(a) % at(b) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function decimal(value: number): Decimal {
  const [digits = '0', power = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Equal as JSON: 1 is 1.0, the order of members does not matter. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!isEqual(a[i], b[i])) return false;
    return true;
  }
  if (!isObject(a) || !isObject(b)) return false;
  let count = 0;
  for (const name in a) {
    if (a[name] === undefined) continue;
    if (!Object.hasOwn(b, name) || !isEqual(a[name], b[name])) return false;
    count++;
  }
  return count === countMembers(b);
}

/** Allocates a set for long arrays. */
export function isUnique(items: readonly unknown[]): boolean {
  if (items.length > 16) {
    const scalars = new Set<unknown>();
    const others: unknown[] = [];
    for (const item of items) typeof item === 'object' && item !== null ? others.push(item) : scalars.add(item);
    if (scalars.size + others.length < items.length) return false;
    return pairwiseDistinct(others);
  }
  return pairwiseDistinct(items);
}

function pairwiseDistinct(items: readonly unknown[]): boolean {
  for (let i = 1; i < items.length; i++) {
    for (let j = 0; j < i; j++) if (isEqual(items[i], items[j])) return false;
  }
  return true;
}
