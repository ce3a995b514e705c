import { styleText } from 'node:util';
import { codeFrame } from './code-frame.ts';
import type { AgainstPosition, Finding, Severity } from './finding.ts';
import { cutStrings, jsonLines } from './json-lines.ts';
import { columns, visible, wrapped } from './visible.ts';

export interface TextOptions {
  /** Text of a file by its printed path, for code frames. */
  readonly textOf: (path: string) => string | undefined;
  readonly colour: boolean;
  /** Columns; default and least 80. */
  readonly width?: number;
  /** First line over the findings of a contract, by its name: `path  orders.order-placed 1.2.0 → 1.3.0`. */
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
    const heading = style.bold(visible(options.headings?.get(key) ?? key));
    return `${[heading, ...group.map((finding) => printFinding(finding, options))].join('\n\n')}\n`;
  });
  return blocks.join('\n');
}

/** `3 errors, 1 warning`; `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const amount = findings.filter((finding) => finding.severity === severity).length;
    return amount === 0 ? [] : [`${amount.toLocaleString('en-US')} ${severity}${amount === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

export function printFinding(finding: Finding, { textOf, colour, width: asked = 80 }: TextOptions): string {
  const style = styles(colour);
  const width = Math.max(80, asked);
  const paint = style.of(finding.severity);
  const { at, against, witness, consumers } = finding;

  const place = `${visible(at.path)}:${at.line}:${at.column}`;
  const left = `  ${finding.severity}  ${finding.rule}`;
  const gap = width - columns(left) - columns(place);
  const between = gap >= 2 ? ' '.repeat(gap) : `\n${' '.repeat(columns(`  ${finding.severity}  `))}`;
  const lines = [`  ${paint(finding.severity)}  ${style.bold(finding.rule)}${between}${style.dim(place)}`];
  lines.push(...paragraph(visible(finding.message), width));

  const text = textOf(at.path);
  const note = against && wasWords(against, at.path);
  const frame =
    text === undefined
      ? []
      : codeFrame(text, at, { width: width - 4, mark: paint, dim: style.dim, ...(note ? { note } : {}) });
  if (frame.length > 0) lines.push('', ...frame.map((line) => `    ${line}`));
  if (frame.length === 0 && note !== undefined) lines.push(...paragraph(note, width));

  if (witness !== undefined) {
    lines.push('', ...paragraph(visible(witness.caption), width), ...eventLines(witness.event, width));
    if (witness.versions !== undefined && witness.versions.length > 0) {
      const against = `against ${witness.versions.join(', ')}${witness.stillMet === undefined ? '' : `: ${witness.stillMet}`}`;
      lines.push(...wrapped(visible(against), width - 6).map((line) => `      ${line}`));
    }
  }

  const ways: string[] = [];
  if (consumers !== undefined && consumers.length > 0) {
    const hit = consumers.map(({ consumer, team, contract }) =>
      contract === finding.contract ? `${consumer} (${team})` : `${consumer} of ${contract} (${team})`,
    );
    ways.push(...labelled('hits', hit.join(', '), width, style.bold));
  }
  if (finding.whoPays !== undefined) ways.push(...labelled('who pays', finding.whoPays, width, style.bold));
  if (finding.hint !== undefined) ways.push(...labelled('way out', finding.hint, width, style.bold));
  if (ways.length > 0) lines.push(...(frame.length > 0 || witness !== undefined ? [''] : []), ...ways);
  return lines.join('\n');
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

/** `was optional at origin/main, v1.schema.json:13`: the folder is that of the finding, and need not be said again. */
function wasWords({ was, path, line }: AgainstPosition, here: string): string {
  const split = /^(.*?):([^:]*)$/.exec(path);
  const file = split?.[2];
  if (split?.[1] === undefined || file === undefined) return visible(`${was} at ${path}:${line}`);
  const name = here.endsWith(`/${file.slice(file.lastIndexOf('/') + 1)}`)
    ? file.slice(file.lastIndexOf('/') + 1)
    : file;
  return visible(`${was} at ${split[1]}, ${name}:${line}`);
}

const mostEventLines = 40;

function eventLines(event: unknown, width: number): string[] {
  const lines = jsonLines(cutStrings(event), width - 6).map((line) => `      ${line}`);
  if (lines.length <= mostEventLines) return lines;
  const shown = lines.slice(0, mostEventLines);
  return [...shown, `      … ${lines.length - mostEventLines} more lines: see --format json`];
}

type Paint = (text: string) => string;

function styles(colour: boolean): { readonly bold: Paint; readonly dim: Paint; of(severity: Severity): Paint } {
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
