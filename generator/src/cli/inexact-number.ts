/**
 * Why the numbers of a JSON text cannot be trusted to a comparison, or undefined. They are computed with as doubles,
 * which is what services see at run time too; but two bounds that are one double, or a fraction that was rounded to a
 * whole number, would make a proof of what is false. `maximum: 9223372036854775807` alone does no harm.
 */
export function inexactNumber(text: string): string | undefined {
  if (!mayBeInexact.test(text)) return undefined;
  const byDouble = new Map<number, string>();
  const dividesNumbers = /"(?:multipleOf|divisibleBy)"/.test(text);
  for (const [literal] of text.matchAll(literals)) {
    if (literal.startsWith('"')) continue;
    const value = Number(literal);
    const exact = plain(literal);
    const isExact = Number.isFinite(value) && exact === plain(String(value));
    const isWhole = !exact.includes('e-');
    const other = byDouble.get(value);
    byDouble.set(value, exact);
    const isHarmless = Number.isFinite(value) && isWhole && !dividesNumbers;
    const shown = literal.length > 40 ? `${literal.slice(0, 40)}…` : literal;
    if (!isExact && !isHarmless) return `the number ${shown} is more than a double can hold`;
    if (other !== undefined && other !== exact) return `a double cannot tell the number ${shown} from another one here`;
  }
  return undefined;
}

/** Most texts have none of these, and need no second look. */
const mayBeInexact = /\d[\d.]{15}|[eE][+-]?\d{2}/;
const literals = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** One writing for each value: `12.50` and `125e-1` are `125e-1`. */
function plain(literal: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = whole + fraction;
  let first = 0;
  while (digits[first] === '0') first += 1;
  let end = digits.length;
  while (end > first && digits[end - 1] === '0') end -= 1;
  if (first === end) return '0';
  return `${sign}${digits.slice(first, end)}e${Number(power) - fraction.length + digits.length - end}`;
}
