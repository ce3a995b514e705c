import type { Finding, Position, Severity } from './finding.ts';
import { capitalised, captionWords, consequences } from './finding-words.ts';
import { cutStrings } from './json-lines.ts';
import { escaped } from './json-printer.ts';
import {
  type CheckReport,
  findingsOf,
  type PermittedFinding,
  type PrintContext,
  permissionWords,
  permittedOf,
} from './report.ts';
import { visible } from './visible.ts';

/** GitLab sorts by these; an error of ours blocks, a warning is worth a look. */
const severities = { error: 'critical', warning: 'minor', note: 'info' } as const satisfies Record<Severity, string>;

/**
 * A report of GitLab Code Quality (an array of Code Climate issues). It knows no suppressions: what exceptions permit
 * comes first, as `info`, and says who signed.
 */
export function printGitlab(report: CheckReport, context: PrintContext): string {
  const issues = [
    ...permittedOf(report).map((permitted) => permittedIssue(permitted, context)),
    ...findingsOf(report).map((finding) => issue(finding, context)),
  ];
  return `${escaped(JSON.stringify(withUniqueFingerprints(issues), null, 2))}\n`;
}

interface Issue {
  readonly type: 'issue';
  readonly check_name: string;
  readonly categories: readonly ['Compatibility'];
  /** One line; GitLab shows nothing else of the finding. */
  readonly description: string;
  readonly severity: string;
  readonly fingerprint: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number; readonly end: number } };
}

function issue(finding: Finding, context: PrintContext): Issue {
  const { at, fingerprint, message, rule, severity, witness } = finding;
  const event = witness === undefined ? [] : [`${captionWords(witness)}: ${oneLine(witness.event)}`];
  const parts = [
    message,
    ...event,
    ...consequences(finding).map(([label, words]) => `${capitalised(label)}: ${words}`),
  ];
  return {
    type: 'issue',
    check_name: rule,
    categories: ['Compatibility'],
    description: visible(parts.join(' · ')),
    severity: severities[severity],
    fingerprint,
    location: location(at, context),
  };
}

/** GitLab shows the description as one line of a list. */
const longestEvent = 500;

function oneLine(event: unknown): string {
  const json = JSON.stringify(cutStrings(event)) ?? 'undefined';
  return json.length <= longestEvent ? json : `${json.slice(0, longestEvent)}…`;
}

function permittedIssue(permitted: PermittedFinding, context: PrintContext): Issue {
  const { finding } = permitted;
  const description = [`Permitted: ${finding.message}`, ...permissionWords(permitted)].join(' · ');
  return { ...issue(finding, context), description: visible(description), severity: severities.note };
}

function location({ path, line, endLine = line }: Position, { repositoryPath }: PrintContext): Issue['location'] {
  return { path: visible(repositoryPath(path)), lines: { begin: line, end: endLine } };
}

/** GitLab drops the second issue of a fingerprint; one rule may find two mistakes of one field. */
function withUniqueFingerprints(issues: readonly Issue[]): readonly Issue[] {
  const seen = new Map<string, number>();
  return issues.map((one) => {
    const times = (seen.get(one.fingerprint) ?? 0) + 1;
    seen.set(one.fingerprint, times);
    return times === 1 ? one : { ...one, fingerprint: `${one.fingerprint}-${times}` };
  });
}
