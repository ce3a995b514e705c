/** Quantities in the words of the contract format. */
const units: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `90s`; negative: `ever`. */
export function duration(ms: number): string {
  if (ms < 0) return 'ever';
  const [name, unit] = units.find(([, of]) => ms >= of && ms % of === 0) ?? ['ms', 1];
  return `${ms / unit}${name}`;
}

/** `800/s`, `1/min` */
export function rate(perSecond: number): string {
  return perSecond < 1 ? `${Math.round(perSecond * 6000) / 100}/min` : `${Math.round(perSecond * 100) / 100}/s`;
}

/** A fraction: `12.5 %` */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
