/** Numbers that are computed, as people read them. Decimal units: a MB is 1,000,000 bytes. */

function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

export function bytesShown(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${rounded(value)} ${units[unit]}`;
}

/** 12,000 */
export function countShown(count: number): string {
  return rounded(count);
}
