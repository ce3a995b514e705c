import { hyperlink } from '../diagnostics/hyperlink.ts';
import {
  type CheckReport,
  type ContractSection,
  contractTitle,
  countReport,
  type PermittedFinding,
  type PrintContext,
  permissionWords,
  permittedOf,
  type Screen,
} from '../diagnostics/report.ts';
import { printFinding, printText } from '../diagnostics/text-printer.ts';
import { visible, wrapped } from '../diagnostics/visible.ts';
import { paint } from './paint.ts';

/** What loosens the gate first, then a block for each contract that has something to say, then one line that counts. */
export function printCheck(report: CheckReport, { screen, textOf }: PrintContext): string {
  const options = { ...screen, textOf };
  const blocks = [
    loosened(report, options),
    printText(report.general, options),
    ...report.contracts.map((section) => contractBlock(section, report, options)),
  ].filter((block) => block !== '');
  const last = [...countReport(report), `${report.seconds.toFixed(1)} s`].join(' · ');
  return [...blocks, `${visible(last)}\n`].join('\n');
}

type Options = Screen & Pick<PrintContext, 'textOf'>;

function contractBlock(section: ContractSection, { against }: CheckReport, options: Options): string {
  const { findings, compatible, name, path, state } = section;
  const heading = `${path}  ${contractTitle(section)}`;
  const said = compatible.flatMap((line) => wrapped(visible(line), options.width - 2).map((part) => `  ${part}`));
  if (findings.length === 0 && said.length === 0 && (against === undefined || state === 'unchanged')) return '';
  const bold = paint(options.colour).bold(visible(heading));
  if (findings.length === 0) return `${[bold, ...said].join('\n')}\n`;
  const printed = printText(findings, { ...options, headings: new Map([[name, heading]]) });
  return said.length === 0 ? printed : `${printed}\n${said.join('\n')}\n`;
}

function loosened(report: CheckReport, options: Options): string {
  const loosening = report.contracts.flatMap((section) => section.loosening);
  const blocks = [
    ...loosening.map((finding) => printFinding(finding, options)),
    ...permittedOf(report).map((permitted) => permission(permitted, options)),
  ];
  if (blocks.length === 0) return '';
  return `${[paint(options.colour).bold('The gate is loosened'), ...blocks].join('\n\n')}\n`;
}

function permission(permitted: PermittedFinding, { colour, width, linkOf }: Options): string {
  const { at, message, rule } = permitted.finding;
  const style = paint(colour);
  const place = hyperlink(`${visible(at.path)}:${at.line}:${at.column}`, linkOf?.(at.path));
  return [
    `  ${style.yellow('permitted')}  ${style.bold(rule)}  ${place}`,
    ...wrapped(visible(message), width - 2).map((line) => `  ${line}`),
    ...permissionWords(permitted).flatMap((words) => wrapped(visible(words), width - 6).map((line) => `      ${line}`)),
  ].join('\n');
}
