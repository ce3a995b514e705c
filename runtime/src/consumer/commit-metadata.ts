/**
 * What a commit says beside the offset: that it is ours, whose, which records above the offset are passed already, and
 * what is known of owners that died. Text, within what brokers take for it.
 *
 *     tenet/1;o=checkout-1f3a;c=D2B       three offsets from the committed one on are not passed, the 54 behind them are
 *
 * | field | says |
 * |---|---|
 * | `o` | client id of the process that committed |
 * | `l` | it let the partition go in good order |
 * | `x` | owners in a row that died before records were passed that may have been in flight |
 * | `s` | suspects: distance from the one before, and twice the deaths, one more for the one that runs alone now |
 * | `c` | distances: not passed, passed, not passed, … |
 *
 * Numbers of `s` and `c` are base64url digits, five bits each with the lowest first, 32 added to every digit but the last.
 */

/** An offset without it was committed by something else. */
export const signature = 'tenet/1';

/** Characters that a broker takes unless it is told otherwise (`offset.metadata.max.bytes`). */
export const metadataLimit = 4096;

/** Offsets from `from` on, below `end`. */
export interface OffsetRun {
  readonly from: bigint;
  readonly end: bigint;
}

/** A record that runs while nothing else does, because a process may have died of it. */
export interface Suspect {
  readonly offset: bigint;
  /** Processes that died while it ran alone. */
  readonly deaths: number;
  /** It runs now, or is about to: if the process dies, it died of this record. */
  readonly isRunning: boolean;
}

export interface CommitMetadata {
  readonly owner: string;
  readonly leaving: boolean;
  readonly crashes: number;
  /** Not passed, by offset. */
  readonly suspects: readonly Suspect[];
  /** Passed above the offset; ascending and apart. */
  readonly completed: Iterable<OffsetRun>;
}

export interface WrittenMetadata {
  readonly text: string;
  /** Offsets of the runs that there was no room for. */
  readonly overflow: number;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const worthOf = new Map([...digits].map((digit, value) => [digit, value]));

/**
 * What has no room is left out from the highest run down: then what is remembered of a key is its first records, and
 * none of them is repeated behind a later one. Suspects come first.
 */
export function writeMetadata(offset: bigint, said: CommitMetadata, limit = metadataLimit): WrittenMetadata {
  const { owner, leaving, crashes, suspects, completed } = said;
  const head = [
    signature,
    `o=${encodeURIComponent(owner)}`,
    ...(leaving ? ['l'] : []),
    ...(crashes > 0 ? [`x=${crashes}`] : []),
    ...(suspects.length > 0 ? [`s=${suspectsText(offset, suspects)}`] : []),
  ].join(';');
  let runs = '';
  let overflow = 0;
  let at = offset;
  const room = limit - head.length - ';c='.length;
  for (const { from, end } of completed) {
    const next = overflow === 0 ? runs + number(from - at) + number(end - from) : runs;
    if (overflow > 0 || next.length > room) {
      overflow += Number(end - from);
      continue;
    }
    runs = next;
    at = end;
  }
  return { text: runs === '' ? head : `${head};c=${runs}`, overflow };
}

/** Undefined when it is none of ours. What cannot be read of one of ours is not remembered: a repeat does no harm. */
export function readMetadata(
  offset: bigint,
  text: string,
): (CommitMetadata & { readonly completed: readonly OffsetRun[] }) | undefined {
  const [first, ...fields] = text.split(';');
  if (first !== signature) return undefined;
  const field = (name: string) => fields.find((one) => one.startsWith(`${name}=`))?.slice(2) ?? '';
  const crashes = Number(field('x'));
  return {
    owner: decoded(field('o')),
    leaving: fields.includes('l'),
    crashes: Number.isSafeInteger(crashes) ? crashes : 0,
    suspects: readSuspects(offset, readNumbers(field('s'))),
    completed: readRuns(offset, readNumbers(field('c'))),
  };
}

function suspectsText(offset: bigint, suspects: readonly Suspect[]): string {
  let at = offset;
  let text = '';
  for (const suspect of suspects) {
    text += number(suspect.offset - at) + number(BigInt(2 * suspect.deaths + Number(suspect.isRunning)));
    at = suspect.offset;
  }
  return text;
}

function readSuspects(offset: bigint, numbers: readonly number[]): readonly Suspect[] {
  const suspects: Suspect[] = [];
  let at = offset;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const twice = numbers[i + 1] ?? 0;
    at += BigInt(numbers[i] ?? 0);
    suspects.push({ offset: at, deaths: Math.floor(twice / 2), isRunning: twice % 2 === 1 });
  }
  return suspects;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function readRuns(offset: bigint, numbers: readonly number[]): readonly OffsetRun[] {
  const runs: OffsetRun[] = [];
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
