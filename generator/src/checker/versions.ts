/** Semantic versions as contracts write them; a pre-release stands before its release. */

interface Version {
  readonly numbers: readonly [number, number, number];
  readonly pre: readonly string[];
}

function parse(version: string): Version {
  const [core = '', ...rest] = (version.split('+')[0] ?? '').split('-');
  const [major = 0, minor = 0, patch = 0] = core.split('.').map(Number);
  const pre = rest.join('-');
  return { numbers: [major, minor, patch], pre: pre === '' ? [] : pre.split('.') };
}

/** Positive when `a` is the later one, 0 when they rank the same (build metadata does not count). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (const index of [0, 1, 2] as const) {
    const difference = left.numbers[index] - right.numbers[index];
    if (difference !== 0) return difference;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (let index = 0; index < Math.max(left.pre.length, right.pre.length); index += 1) {
    const difference = comparePart(left.pre[index], right.pre[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const numbers = [a, b].map((part) => /^\d+$/.test(part));
  if (numbers[0] && numbers[1]) return Number(a) - Number(b);
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** How large the step upwards is; `none` when there is none. */
export function versionStep(before: string, after: string): 'none' | 'patch' | 'minor' | 'major' {
  if (compareVersions(after, before) <= 0) return 'none';
  const [was, is] = [parse(before).numbers, parse(after).numbers];
  if (was[0] !== is[0]) return 'major';
  return was[1] === is[1] ? 'patch' : 'minor';
}

export function nextMinor(version: string): string {
  const [major, minor] = parse(version).numbers;
  return `${major}.${minor + 1}.0`;
}
