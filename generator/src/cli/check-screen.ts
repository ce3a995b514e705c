import {
  type CheckReport,
  type ContractSection,
  contractTitle,
  countReport,
  type PrintContext,
  permittedOf,
  type Screen,
} from '../diagnostics/report.ts';
import { printFinding, printPermitted, printText } from '../diagnostics/text-printer.ts';
import { columns, visible, wrapped } from '../diagnostics/visible.ts';
import { paint } from './paint.ts';

/** What loosens the gate first, then a block for each contract that has something to say, then one line that counts. */
export function printCheck(report: CheckReport, { screen, textOf }: PrintContext): string {
  const options = { ...screen, textOf };
  const blocks = [
    loosened(report, options),
    printText(report.general, options),
    ...report.contracts.map((section) => contractBlock(section, report, options)),
  ].filter((block) => block !== '');
  const { comparedWith } = report;
  const compared = comparedWith === undefined ? [] : [comparison(comparedWith, screen.width)];
  const last = [...countReport(report), `${report.seconds.toFixed(1)} s`].join(' · ');
  return [...blocks, ...compared, `${visible(last)}\n`].join('\n');
}

function comparison(words: string, width: number): string {
  return `${wrapped(visible(`compared with ${words}`), width).join('\n')}\n`;
}

type Options = Screen & Pick<PrintContext, 'textOf'>;

function contractBlock(section: ContractSection, { against }: CheckReport, options: Options): string {
  const { findings, compatible, name, state } = section;
  const heading = headingOf(section, options.width);
  const said = shortened(compatible).flatMap((line) =>
    wrapped(visible(line), options.width - 4).map((part, index) => (index === 0 ? `  ${part}` : `    ${part}`)),
  );
  if (findings.length === 0 && said.length === 0 && (against === undefined || state === 'unchanged')) return '';
  const bold = heading.split('\n').map(visible).map(paint(options.colour).bold);
  if (findings.length === 0) return `${[...bold, ...said].join('\n')}\n`;
  const printed = printText(findings, { ...options, headings: new Map([[name, heading]]) });
  return said.length === 0 ? printed : `${printed}\n${said.join('\n')}\n`;
}

/** Lines of what else changed that one contract may take; `tenet diff` has them all. */
const mostLines = 8;

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines + 1) return lines;
  return [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more changes: \`tenet diff\` says them all`];
}

function loosened(report: CheckReport, options: Options): string {
  const loosening = report.contracts.flatMap((section) => section.loosening);
  const blocks = [
    ...loosening.map((finding) => printFinding(finding, options)),
    ...permittedOf(report).map((permitted) => printPermitted(permitted, options)),
  ];
  if (blocks.length === 0) return '';
  return `${[paint(options.colour).bold('The gate is loosened'), ...blocks].join('\n\n')}\n`;
}

/** The file and the title, in two lines where one is too short. */
function headingOf(section: ContractSection, width: number): string {
  const { path } = section;
  const title = contractTitle(section);
  return columns(visible(`${path}  ${title}`)) <= width ? `${path}  ${title}` : `${path}\n  ${title}`;
}
