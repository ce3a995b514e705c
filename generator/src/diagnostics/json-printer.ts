import type { Finding, Position } from './finding.ts';

/** Raised when a field changes its meaning or goes; new fields may appear without it. */
export const jsonFormatVersion = 1;

/**
 * Findings for machines: one object, keys in a fixed order, absent fields left out. `extra` stands beside the
 * findings (what was checked, how long it took).
 */
export function printJson(findings: readonly Finding[], extra: Readonly<Record<string, unknown>> = {}): string {
  const amount = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const report = {
    version: jsonFormatVersion,
    ...extra,
    errors: amount('error'),
    warnings: amount('warning'),
    notes: amount('note'),
    findings: findings.map(plain),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function plain(finding: Finding): object {
  const { rule, severity, message, whoPays, at, against, contract, consumers, witness, hint, fingerprint } = finding;
  return {
    rule,
    severity,
    fingerprint,
    message,
    contract,
    at: place(at),
    against: against && { was: against.was, ...place(against) },
    consumers: consumers?.map(({ contract: of, consumer, team }) => ({ contract: of, consumer, team })),
    whoPays,
    witness: witness && { caption: witness.caption, event: witness.event, versions: witness.versions },
    hint,
  };
}

function place({ path, line, column, endLine, endColumn }: Position): Position {
  return {
    path,
    line,
    column,
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  };
}
