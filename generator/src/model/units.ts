/** Quantities as contracts write them: parsed once, compared by the number, printed back by the text. */
export interface Duration {
  readonly ms: number;
  readonly text: string;
}
export interface Rate {
  readonly perSecond: number;
  readonly text: string;
}
export interface Size {
  readonly bytes: number;
  readonly text: string;
}
/** A share of a whole, `20 %` is 0.2. */
export interface Share {
  readonly fraction: number;
  readonly text: string;
}

const durationUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const rateUnits: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86_400],
]);
const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KB', 1000],
  ['MB', 1_000_000],
  ['GB', 1_000_000_000],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);

/** Twelve digits are more than any quantity needs, and few enough to be computed with exactly. */
const quantity = /^(\d{1,12}(?:\.\d{1,6})?) ?(\/?[A-Za-z]+|%)$/;

function split(text: string): { readonly amount: string; readonly unit: string } | undefined {
  const match = quantity.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { amount: match[1], unit: match[2] };
}

/** Exact to six decimals, as the amount is: 1.1 × 60,000 is 66,000. */
function times(amount: string, factor: number): number {
  return Math.round(Number(amount) * factor * 1e6) / 1e6;
}

/** `200ms 5s 2m 4h 7d`; undefined for anything else, a bare number included. */
export function parseDuration(text: string): Duration | undefined {
  const parts = split(text);
  const factor = durationUnits.get(parts?.unit ?? '');
  return parts === undefined || factor === undefined ? undefined : { ms: times(parts.amount, factor), text };
}

/** `800/s 100/min 20/h 5/d` */
export function parseRate(text: string): Rate | undefined {
  const parts = split(text);
  const seconds = parts?.unit.startsWith('/') ? rateUnits.get(parts.unit.slice(1)) : undefined;
  return parts === undefined || seconds === undefined ? undefined : { perSecond: Number(parts.amount) / seconds, text };
}

/** `512 B 1 KiB 10 MB` */
export function parseSize(text: string): Size | undefined {
  const parts = split(text);
  const factor = sizeUnits.get(parts?.unit ?? '');
  return parts === undefined || factor === undefined
    ? undefined
    : { bytes: Math.round(times(parts.amount, factor)), text };
}

/** `20 %`, 0 to 100. */
export function parseShare(text: string): Share | undefined {
  const parts = split(text);
  return parts?.unit !== '%' || Number(parts.amount) > 100
    ? undefined
    : { fraction: Number(`${parts.amount}e-2`), text };
}

/** The largest unit that divides the length: `21d`, `90m`, `1500ms`. Whole milliseconds. */
export function durationOf(ms: number): Duration {
  let text = `${ms}ms`;
  for (const [unit, factor] of durationUnits) {
    if (ms > 0 && ms % factor === 0) text = `${ms / factor}${unit}`;
  }
  return { ms, text };
}
