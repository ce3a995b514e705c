import { styleText } from 'node:util';
import { bothSides } from './both-sides.ts';
import type { Finding, Severity } from './finding.ts';
import { againstWords, consequences, eventLines, permitWords } from './finding-words.ts';
import { hyperlink } from './hyperlink.ts';
import { type PermittedFinding, permissionWords, type Screen } from './report.ts';
import { columns, visible, wrapped } from './visible.ts';

export interface TextOptions {
  /** Text of a file by its printed path, for code frames. */
  readonly textOf: (path: string) => string | undefined;
  readonly colour: boolean;
  /** Columns; default and least 80. */
  readonly width?: number;
  readonly linkOf?: Screen['linkOf'] | undefined;
  /** What stands over the findings of a contract, by its name: `path  orders.order-placed 1.2.0 → 1.3.0`. */
  readonly headings?: ReadonlyMap<string, string>;
}

/** Findings as people read them, in the order given, grouped by contract (or by file where there is none). */
export function printText(findings: readonly Finding[], options: TextOptions): string {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = finding.contract ?? finding.at.path;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const style = styles(options.colour);
  const blocks = [...groups].map(([key, group]) => {
    const heading = (options.headings?.get(key) ?? key).split('\n').map(visible).map(style.bold).join('\n');
    return `${[heading, ...group.map((finding) => printFinding(finding, options))].join('\n\n')}\n`;
  });
  return blocks.join('\n');
}

export function printFinding(finding: Finding, options: TextOptions): string {
  const { textOf, colour, linkOf, width: asked = 80 } = options;
  const style = styles(colour);
  const width = Math.max(80, asked);
  const paint = style.of(finding.severity);
  const { witness } = finding;

  const lines = [headLine(finding.severity, paint, finding, { linkOf, style, width })];
  lines.push(...paragraph(visible(finding.message), width));

  const { frame, note } = bothSides(finding, textOf, { width: width - 4, mark: paint, dim: style.dim });
  if (frame.length > 0) lines.push('', ...frame.map((line) => (line === '' ? '' : `    ${line}`)));
  if (note !== undefined) lines.push(...paragraph(note, width));

  if (witness !== undefined) {
    const event = eventLines(witness.event, width - 6).map((line) => `      ${line}`);
    lines.push('', ...paragraph(visible(witness.caption), width), ...event);
    const against = againstWords(witness);
    if (against !== undefined) lines.push(...wrapped(visible(against), width - 6).map((line) => `      ${line}`));
  }

  const ways = consequences(finding).flatMap(([label, words]) => labelled(label, words, width, style.bold));
  const permit = permitWords(finding);
  if (permit !== undefined) ways.push(...labelled('permit', permit, width, style.bold));
  if (ways.length > 0) lines.push(...(frame.length > 0 || witness !== undefined ? [''] : []), ...ways);
  return lines.join('\n');
}

/** A finding that was permitted, and who signed. */
export function printPermitted(permitted: PermittedFinding, options: TextOptions): string {
  const { colour, linkOf, width: asked = 80 } = options;
  const style = styles(colour);
  const width = Math.max(80, asked);
  const signed = permissionWords(permitted).flatMap((words) => wrapped(visible(words), width - 6));
  return [
    headLine('permitted', style.of('warning'), permitted.finding, { linkOf, style, width }),
    ...paragraph(visible(permitted.finding.message), width),
    ...signed.map((line) => `      ${line}`),
  ].join('\n');
}

/** `  error  payload/required-added      contracts/a.yaml:3:1`, the place at the right edge or on a line of its own. */
function headLine(
  label: string,
  paint: Paint,
  { at, rule }: Finding,
  { linkOf, style, width }: { readonly linkOf: Screen['linkOf']; readonly style: Styles; readonly width: number },
): string {
  const place = `${visible(at.path)}:${at.line}:${at.column}`;
  const gap = width - columns(`  ${label}  ${rule}`) - columns(place);
  const between = gap >= 2 ? ' '.repeat(gap) : `\n${' '.repeat(columns(`  ${label}  `))}`;
  return `  ${paint(label)}  ${style.bold(rule)}${between}${hyperlink(style.dim(place), linkOf?.(at.path))}`;
}

function paragraph(text: string, width: number): string[] {
  return wrapped(text, width - 2).map((line) => `  ${line}`);
}

/** `  way out  give it a default`, the lines that follow indented below the words. */
function labelled(label: string, text: string, width: number, paint: (text: string) => string): string[] {
  const indent = ' '.repeat(label.length + 4);
  const [first = '', ...rest] = wrapped(visible(text), width - indent.length);
  return [`  ${paint(label)}  ${first}`, ...rest.map((line) => indent + line)];
}

type Paint = (text: string) => string;

interface Styles {
  readonly bold: Paint;
  readonly dim: Paint;
  of(severity: Severity): Paint;
}

function styles(colour: boolean): Styles {
  const paint =
    (format: Parameters<typeof styleText>[0]): Paint =>
    (text) =>
      colour ? styleText(format, text, { validateStream: false }) : text;
  const severities = {
    error: paint(['bold', 'red']),
    warning: paint(['bold', 'yellow']),
    note: paint(['bold', 'cyan']),
  };
  return { bold: paint('bold'), dim: paint('dim'), of: (severity) => severities[severity] };
}
