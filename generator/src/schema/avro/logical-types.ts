import type { JsonObject } from '../ast.ts';

/**
 * The logical types whose values can be read as something else than what was written: other units, another scale,
 * another calendar. `uuid`, `duration` and whatever is unknown say nothing that a reader could get wrong.
 */
export type LogicalType = DecimalType | { readonly name: TimeName };

export interface DecimalType {
  readonly name: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

/** What each counts, in how many parts of a second (`date` counts days), and the type that carries it. */
const times = {
  date: { on: 'int', counts: 'date', perSecond: 1n },
  'time-millis': { on: 'int', counts: 'time', perSecond: 1_000n },
  'time-micros': { on: 'long', counts: 'time', perSecond: 1_000_000n },
  'timestamp-millis': { on: 'long', counts: 'instant', perSecond: 1_000n },
  'timestamp-micros': { on: 'long', counts: 'instant', perSecond: 1_000_000n },
  'timestamp-nanos': { on: 'long', counts: 'instant', perSecond: 1_000_000_000n },
  'local-timestamp-millis': { on: 'long', counts: 'local', perSecond: 1_000n },
  'local-timestamp-micros': { on: 'long', counts: 'local', perSecond: 1_000_000n },
  'local-timestamp-nanos': { on: 'long', counts: 'local', perSecond: 1_000_000_000n },
} as const;
export type TimeName = keyof typeof times;

/** An invalid logical type, or one on the wrong type, is ignored: so the specification says. `size`: of a `fixed`. */
export function logicalTypeOf(attributes: JsonObject, kind: string, size?: number): LogicalType | undefined {
  const { logicalType: name } = attributes;
  if (name === 'decimal') return kind === 'bytes' || kind === 'fixed' ? decimalOf(attributes, size) : undefined;
  if (typeof name !== 'string' || !isTime(name)) return undefined;
  return times[name].on === kind ? { name } : undefined;
}

function isTime(name: string): name is TimeName {
  return Object.hasOwn(times, name);
}

function decimalOf({ precision, scale = 0 }: JsonObject, size: number | undefined): DecimalType | undefined {
  if (!isCount(precision) || !isCount(scale) || precision < 1 || scale > precision) return undefined;
  if (size !== undefined && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return undefined;
  return { name: 'decimal', precision, scale };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Does the reader take a value for the one that was written? Undefined when one side does not say what it stands for. */
export function sameMeaning(written: LogicalType | undefined, read: LogicalType | undefined): boolean | undefined {
  if (written === undefined || read === undefined) return undefined;
  if (written.name === 'decimal' && read.name === 'decimal')
    return written.scale === read.scale && written.precision === read.precision;
  return written.name === read.name;
}

/** `decimal(8, 2)`, `timestamp-millis`. */
export function logicalName(logical: LogicalType): string {
  return logical.name === 'decimal' ? `decimal(${logical.precision}, ${logical.scale})` : logical.name;
}

/** An integer, or the bytes of a decimal as the JSON encoding has them, in words: `2026-01-01T00:00:00Z`, `0.01`. */
export function meaningOf(logical: LogicalType, value: number | string): string {
  if (logical.name === 'decimal') return decimalText(String(value), logical.scale);
  const { counts, perSecond } = times[logical.name];
  const number = BigInt(value);
  if (counts === 'date') return dateText(number * 86_400n).slice(0, 10);
  const seconds = number >= 0n ? number / perSecond : -((-number + perSecond - 1n) / perSecond);
  const fraction = fractionText(number - seconds * perSecond, perSecond);
  const [day, time] = dateText(seconds).split('T');
  if (counts === 'time') return `${time}${fraction}`;
  return `${day}T${time}${fraction}${counts === 'instant' ? 'Z' : ' in local time'}`;
}

/** Seconds since 1970 as a date and a time without zone. */
function dateText(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().slice(0, -'.000Z'.length);
}

function fractionText(parts: bigint, perSecond: bigint): string {
  const digits = String(perSecond).length - 1;
  const text = String(parts).padStart(digits, '0').replace(/0+$/, '');
  return text === '' ? '' : `.${text}`;
}

function decimalText(bytes: string, scale: number): string {
  let unscaled = 0n;
  for (const byte of bytes) unscaled = unscaled * 256n + BigInt(byte.charCodeAt(0));
  if (bytes.charCodeAt(0) >= 128) unscaled -= 256n ** BigInt(bytes.length);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
}

/** A value that people recognise, in the JSON encoding: the first day of 2026, or one that stays a safe integer. */
export function tellingValue(logical: LogicalType): number | string {
  if (logical.name === 'decimal') return '\u0001';
  const { counts, perSecond } = times[logical.name];
  if (counts === 'date') return 20_454;
  const seconds = counts === 'time' ? 45_296 : perSecond > 1_000_000n ? 2_678_400 : 1_767_225_600;
  return seconds * Number(perSecond);
}
