/** Sets of offsets as ranges: sorted, apart from each other, both ends included. */
export interface OffsetRange {
  readonly from: bigint;
  readonly to: bigint;
}

export type OffsetRanges = readonly OffsetRange[];

/** One set out of ranges in any order, that may meet or overlap. */
export function united(ranges: Iterable<OffsetRange>): OffsetRanges {
  const sorted = [...ranges].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const apart: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of sorted) {
    const last = apart.at(-1);
    if (last === undefined || from > last.to + 1n) apart.push({ from, to });
    else if (to > last.to) last.to = to;
  }
  return apart;
}

/** What of a set is in the other one, too. */
export function common(one: OffsetRanges, other: OffsetRanges): OffsetRanges {
  const found: OffsetRange[] = [];
  for (let i = 0, j = 0; ; ) {
    const [a, b] = [one[i], other[j]];
    if (a === undefined || b === undefined) return found;
    const from = a.from > b.from ? a.from : b.from;
    const to = a.to < b.to ? a.to : b.to;
    if (from <= to) found.push({ from, to });
    if (a.to < b.to) i += 1;
    else j += 1;
  }
}

export function countOf(ranges: OffsetRanges): bigint {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

/** `5-9,12` */
export function printRanges(ranges: OffsetRanges): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** `undefined` for a text that was not printed by us. */
export function parseRanges(text: string): OffsetRanges | undefined {
  if (text === '') return [];
  if (!/^\d{1,19}(-\d{1,19})?(,\d{1,19}(-\d{1,19})?)*$/.test(text)) return undefined;
  return text.split(',').map((part) => {
    const [from = '', to = from] = part.split('-');
    return { from: BigInt(from), to: BigInt(to) };
  });
}
