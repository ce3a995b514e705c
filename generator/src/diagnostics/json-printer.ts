import type { Finding, Position } from './finding.ts';
import { type CheckReport, findingsOf, permittedOf } from './report.ts';

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
  return `${escaped(JSON.stringify(report, null, 2))}\n`;
}

/** What `tenet check --format json` prints; `docs/cli.md` explains every key. */
export function printCheckJson(report: CheckReport): string {
  const { against, comparedWith, complete, contracts } = report;
  const unchanged = contracts.filter(({ state }) => state === 'unchanged').length;
  return printJson(findingsOf(report), {
    command: 'check',
    complete,
    ...(against === undefined ? {} : { against }),
    ...(comparedWith === undefined ? {} : { comparedWith }),
    contracts: contracts.length,
    ...(against === undefined ? {} : { unchanged }),
    excused: permittedOf(report).map(({ finding: { rule, fingerprint, contract, message, at }, by }) => ({
      rule,
      fingerprint,
      contract,
      message,
      at: place(at),
      by: by.map(({ team, reason, expires }) => ({ team, reason, expires })),
    })),
    changes: contracts
      .filter(({ state }) => state !== 'unchanged')
      .map(({ id, path, state, before, after, compatible }) => ({
        contract: id,
        path,
        state,
        before,
        after,
        compatible,
      })),
  });
}

/** JSON may hold what a terminal would obey or hide; the same text in escapes means the same to a machine. */
export function escaped(json: string): string {
  return json.replace(/[\p{Cf}\u007f-\u009f\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
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
    witness: witness && {
      caption: witness.caption,
      event: witness.event,
      versions: witness.versions,
      stillMet: witness.stillMet,
    },
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
