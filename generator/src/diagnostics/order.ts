import type { Finding, Severity } from './finding.ts';

/** Sorted by place, then rule, then words; a mistake that two readers of one file both met is said once. */
export function inOrder(findings: Iterable<Finding>): Finding[] {
  const sorted = [...findings].sort(compare);
  return sorted.filter((finding, index) => {
    const before = sorted[index - 1];
    return before === undefined || compare(before, finding) !== 0;
  });
}

function compare(a: Finding, b: Finding): number {
  return (
    byCodeUnit(a.at.path, b.at.path) ||
    a.at.line - b.at.line ||
    a.at.column - b.at.column ||
    byCodeUnit(a.rule, b.rule) ||
    byCodeUnit(a.message, b.message)
  );
}

/** Errors, then warnings, then notes; among equals the order stays. */
export function bySeverity<T>(items: readonly T[], severityOf: (item: T) => Severity): readonly T[] {
  return (['error', 'warning', 'note'] as const).flatMap((severity) =>
    items.filter((item) => severityOf(item) === severity),
  );
}

/** Never the locale's order: same input, same bytes, on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
