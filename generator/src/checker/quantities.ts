import type { Contract } from '../model/contract.ts';
import type { Duration, Size } from '../model/units.ts';

/** Arithmetic of messages: every number that a finding prints is computed here from what the contract says. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const units = [
  [day, 'd'],
  [hour, 'h'],
  [minute, 'm'],
  [second, 's'],
] as const;

/** Milliseconds; `forever` is infinite. */
export function lengthOf(duration: Duration | 'forever'): number {
  return duration === 'forever' ? Number.POSITIVE_INFINITY : duration.ms;
}

export function textOf(duration: Duration | 'forever'): string {
  return duration === 'forever' ? 'forever' : duration.text;
}

/** `21d`, `2h 46m`, `800ms`: at most two units, the rest rounded away. */
export function printDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'forever';
  if (ms < second) return `${Math.round(ms)}ms`;
  const largest = units.findIndex(([length]) => ms >= length);
  const shown = units.slice(largest, largest + 2);
  const [smallest] = shown.at(-1) ?? [second];
  let rest = Math.round(ms / smallest) * smallest;
  const [above] = units[largest - 1] ?? [Number.POSITIVE_INFINITY];
  if (rest >= above) return printDuration(rest);
  const parts = shown.map(([length, name]) => {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    return amount === 0 ? '' : `${amount}${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** Decimal units, as networks and disks are sold: `10 MB`. */
export function printBytes(bytes: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let step = 0;
  while (value >= 1000 && step < names.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${printNumber(value)} ${names[step]}`;
}

const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits })) as [
  Intl.NumberFormat,
  ...Intl.NumberFormat[],
];

/** Three significant digits at most after the point, thousands separated: `2,880,000`, `1.5`. */
export function printNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return (formats[digits] ?? formats[0]).format(value);
}

export function perSecond(rate: { readonly perSecond: number }, size: Size): string {
  return `${printBytes(rate.perSecond * size.bytes)}/s`;
}

/** A list as a sentence says it: `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The longest time that the contract, or any environment but `local`, keeps an event. */
export function longestRetention({ topic, environments }: Contract): Duration | 'forever' {
  const overlaid = environments.filter(({ name }) => name !== 'local').map((environment) => environment.topic);
  return [topic, ...overlaid]
    .map(({ retention }) => retention)
    .reduce((longest, next) => (lengthOf(next) > lengthOf(longest) ? next : longest));
}
