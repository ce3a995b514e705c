import type { CheckReport, ContractReport } from '../checker/index.ts';
import { gateRules } from '../checker/promise/index.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { countFindings, printText } from '../diagnostics/text-printer.ts';
import { visible, wrapped } from '../diagnostics/visible.ts';
import { paint } from './paint.ts';

export interface CheckScreen {
  readonly report: CheckReport;
  readonly loaderFindings: readonly Finding[];
  readonly textOf: (path: string) => string | undefined;
  readonly seconds: number;
  /** The contracts could be read, so the rules have spoken. */
  readonly readable: boolean;
  readonly against?: string;
  /** What `against` stands for, where it is not that itself: `1a2b3c4d5e, where HEAD left origin/main (…)`. */
  readonly comparedWith?: string;
  /** There were no contracts at `against`: everything is new, and nothing was compared. */
  readonly nothingBefore: boolean;
}

export interface ScreenOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** What loosens the gate first, then a block for each contract that has something to say, then one line that counts. */
export function printCheck(screen: CheckScreen, options: ScreenOptions): string {
  const { report, loaderFindings, textOf } = screen;
  const text = { ...options, textOf };
  const shown = report.contracts;
  const gate = gateRules.map(({ id }) => id);
  const loosens = ({ findings }: ContractReport): boolean => findings.some(({ rule }) => gate.includes(rule));
  const ordered = [...shown.filter(loosens), ...shown.filter((contract) => !loosens(contract))];
  const general = [...loaderFindings, ...report.workspace];
  const blocks = [
    permissions(report, options),
    printText(general, text),
    ...ordered.map((contract) => contractBlock(contract, screen, options)),
  ].filter((block) => block !== '');
  const found = [...general, ...shown.flatMap(({ findings }) => findings)];
  const compared = screen.comparedWith === undefined ? [] : [comparison(screen.comparedWith, options)];
  return [...blocks, ...compared, `${lastLine(screen, found, shown)}\n`].join('\n');
}

function comparison(words: string, { width }: ScreenOptions): string {
  return `${wrapped(visible(`compared with ${words}`), width).join('\n')}\n`;
}

function contractBlock(contract: ContractReport, screen: CheckScreen, options: ScreenOptions): string {
  const { findings, words, name } = contract;
  const heading = headingOf(contract);
  const style = paint(options.colour);
  const said = words.flatMap((line) => wrapped(visible(line), options.width - 2).map((part) => `  ${part}`));
  if (findings.length === 0 && words.length === 0 && (screen.against === undefined || contract.state === 'unchanged'))
    return '';
  if (findings.length === 0) return `${[style.bold(visible(heading)), ...said].join('\n')}\n`;
  const printed = printText(findings, { ...options, textOf: screen.textOf, headings: new Map([[name, heading]]) });
  return said.length === 0 ? printed : `${printed}\n${said.join('\n')}\n`;
}

function headingOf({ path, name, state, before, after }: ContractReport): string {
  if (state === 'added') return `${path}  ${name} ${after ?? ''} (new)`;
  if (state === 'deleted') return `${path}  ${name} ${before ?? ''} (deleted)`;
  return `${path}  ${name} ${before === undefined || before === after ? '' : `${before} → `}${after ?? ''}`;
}

function permissions({ contracts }: CheckReport, options: ScreenOptions): string {
  const lines = contracts.flatMap(({ excused }) =>
    excused.flatMap(({ finding, exceptions }) => {
      const style = paint(options.colour);
      const place = `${visible(finding.at.path)}:${finding.at.line}:${finding.at.column}`;
      return [
        `  ${style.yellow('permitted')}  ${style.bold(finding.rule)}  ${place}`,
        ...wrapped(visible(finding.message), options.width - 2).map((line) => `  ${line}`),
        ...exceptions.flatMap(({ team, expires, reason }) =>
          wrapped(visible(`${team} until ${expires}: ${reason}`), options.width - 6).map((line) => `      ${line}`),
        ),
      ];
    }),
  );
  return lines.length === 0 ? '' : `Exceptions in force\n\n${lines.join('\n')}\n`;
}

/** `3 errors in 1 of 214 contracts · 213 unchanged · 0.8 s` */
function lastLine(screen: CheckScreen, found: readonly Finding[], shown: readonly ContractReport[]): string {
  const { report, against, seconds, readable } = screen;
  const total = report.contracts.length;
  const contracts = `${total} contract${total === 1 ? '' : 's'}`;
  const touched = new Set(shown.filter(({ findings }) => findings.length > 0).map(({ id }) => id)).size;
  const unchanged = report.contracts.filter(({ state }) => state === 'unchanged').length;
  const time = `${seconds.toFixed(1)} s`;
  if (!readable)
    return `${countFindings(found)} · the rules did not run: the contracts could not all be read · ${time}`;
  const counted =
    found.length === 0
      ? `${countFindings(found)} in ${contracts}`
      : `${countFindings(found)} in ${touched} of ${contracts}`;
  const compared = screen.nothingBefore
    ? `nothing to compare with at ${visible(against ?? '')}`
    : `${unchanged} unchanged`;
  return [counted, ...(against === undefined ? [] : [compared]), time].join(' · ');
}
