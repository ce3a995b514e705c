import type { Finding, Severity } from './finding.ts';
import { capitalised, captionWords, consequences, eventLines } from './finding-words.ts';
import { bySeverity } from './order.ts';
import {
  type CheckReport,
  countReport,
  findingsOf,
  type PermittedFinding,
  type PrintContext,
  permissionWords,
  permittedOf,
} from './report.ts';
import { visible } from './visible.ts';

/** GitHub shows so many annotations of one level for a step; the log has them all. */
const shownPerLevel = 10;

const levels = { error: 'error', warning: 'warning', note: 'notice' } as const satisfies Record<Severity, string>;

/**
 * Workflow commands of GitHub Actions, one annotation a line: what loosens the gate first, then errors, warnings and
 * notes. The last one of a level that GitHub shows says how many more there are. The line that counts ends the log.
 */
export function printGithub(report: CheckReport, context: PrintContext): string {
  const annotations = [
    ...permittedOf(report).map((permitted) => permission(permitted)),
    ...bySeverity(findingsOf(report), ({ severity }) => severity).map((finding) => annotation(finding)),
  ];
  const lines = withRest(annotations).map((one) => command(one, context));
  return [...lines, visible(countReport(report).join(' · ')), ''].join('\n');
}

interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly at: Finding['at'];
  readonly message: string;
}

/** The last annotation of a level that is shown says how many are not. */
function withRest(annotations: readonly Annotation[]): readonly Annotation[] {
  const seen = { error: 0, warning: 0, notice: 0 };
  const numbered = annotations.map((one) => {
    seen[one.level] += 1;
    return { one, number: seen[one.level] };
  });
  return numbered.map(({ one, number }) => {
    const more = seen[one.level] - number;
    if (number !== shownPerLevel || more === 0) return one;
    return { ...one, message: `${one.message}\n\n${more} more of this level: see the log.` };
  });
}

function annotation(finding: Finding): Annotation {
  const { at, contract, message, rule, severity, witness } = finding;
  const lines = [message];
  if (witness !== undefined) {
    lines.push('', `${captionWords(witness)}:`, ...eventLines(witness.event, 100));
  }
  const below = consequences(finding).map(([label, words]) => `${capitalised(label)}: ${words}`);
  if (below.length > 0) lines.push('', ...below);
  return {
    level: levels[severity],
    title: contract === undefined ? rule : `${rule} in ${contract}`,
    at,
    message: lines.map(visible).join('\n'),
  };
}

function permission(permitted: PermittedFinding): Annotation {
  const { at, contract, message, rule } = permitted.finding;
  return {
    level: 'notice',
    title: `permitted: ${rule}${contract === undefined ? '' : ` in ${contract}`}`,
    at,
    message: [message, ...permissionWords(permitted)].map(visible).join('\n'),
  };
}

/** GitHub keeps columns only for what begins and ends in one line. */
function command({ level, title, at, message }: Annotation, { repositoryPath }: PrintContext): string {
  const { line, column, endLine = line, endColumn = column + 1 } = at;
  const columns = endLine === line ? { col: column, endColumn } : {};
  const properties = { file: visible(repositoryPath(at.path)), line, endLine, ...columns, title: visible(title) };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(String(value))}`);
  return `::${level} ${written.join(',')}::${escapedMessage(message)}`;
}

function escapedMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
