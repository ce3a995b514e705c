/**
 * What a commit says beside the offset: that it is ours, and which records above the offset are passed already, so that
 * the next owner does not repeat them. Text, within what brokers take for it.
 *
 *     tenet/1;c=D2gB       three offsets that are not passed (the committed one is the first), then 54 that are, …
 *
 * Numbers are base64url digits, five bits each with the lowest first, 32 added to every digit but the last.
 */

/** An offset without it was committed by something else. */
export const signature = 'tenet/1';

/** Characters that a broker takes unless it is told otherwise (`offset.metadata.max.bytes`). */
export const metadataLimit = 4096;

/** Offsets from `from` on, below `end`. */
export interface Run {
  readonly from: bigint;
  readonly end: bigint;
}

export interface WrittenMetadata {
  readonly text: string;
  /** Offsets of the runs that there was no room for. */
  readonly overflow: number;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const worthOf = new Map([...digits].map((digit, value) => [digit, value]));

/**
 * `runs`: above `offset`, ascending and apart. What has no room is left out from the highest down: then what is
 * remembered of a key is its first records, and none of them is repeated behind a later one.
 */
export function writeMetadata(offset: bigint, runs: Iterable<Run>, limit = metadataLimit): WrittenMetadata {
  let text = '';
  let overflow = 0;
  let at = offset;
  const room = limit - signature.length - ';c='.length;
  for (const { from, end } of runs) {
    const next = overflow === 0 ? text + number(from - at) + number(end - from) : text;
    if (overflow > 0 || next.length > room) {
      overflow += Number(end - from);
      continue;
    }
    text = next;
    at = end;
  }
  return { text: text === '' ? signature : `${signature};c=${text}`, overflow };
}

/** Undefined when it is none of ours. What cannot be read of one of ours is not remembered: a repeat does no harm. */
export function readMetadata(offset: bigint, text: string): readonly Run[] | undefined {
  const [first, ...fields] = text.split(';');
  if (first !== signature) return undefined;
  const written = fields.find((field) => field.startsWith('c='));
  return written === undefined ? [] : readRuns(offset, written.slice(2));
}

function readRuns(offset: bigint, text: string): readonly Run[] {
  const runs: Run[] = [];
  const numbers = readNumbers(text);
  let at = offset;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const from = at + BigInt(numbers[i] ?? 0);
    const end = from + BigInt(numbers[i + 1] ?? 0);
    // The committed record itself is never passed.
    if (from === offset || end === from) return [];
    runs.push({ from, end });
    at = end;
  }
  return runs;
}

function number(value: bigint): string {
  let text = '';
  let left = Number(value);
  while (left >= 32) {
    text += digits.charAt(32 + (left % 32));
    left = Math.floor(left / 32);
  }
  return text + digits.charAt(left);
}

/** Empty when any of it is no number. */
function readNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const digit of text) {
    const worth = worthOf.get(digit);
    if (worth === undefined) return [];
    value += (worth % 32) * unit;
    unit *= 32;
    if (worth >= 32) continue;
    if (!Number.isSafeInteger(value)) return [];
    numbers.push(value);
    value = 0;
    unit = 1;
  }
  return numbers;
}
