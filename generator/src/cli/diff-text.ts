import { visible, wrapped } from '../diagnostics/visible.ts';
import {
  answer,
  count,
  type DiffScreen,
  type Line,
  placesOf,
  sectionsOf,
  title,
  workspaceLines,
} from './diff-sections.ts';
import { type Paint, paint } from './paint.ts';

export interface DiffTextOptions {
  readonly colour: boolean;
  readonly width: number;
}

/** The answer, a block for each contract that changed, what changed around them, and a line that counts. */
export function printDiffText(screen: DiffScreen, { colour, width }: DiffTextOptions): string {
  const style = paint(colour);
  if (screen.contracts.length + screen.workspace.length === 0) return `${visible(answer(screen))}\n`;
  const blocks = screen.contracts.map((contract) => {
    const head = [
      style.bold(visible(title(contract))),
      style.dim(visible(`owned by ${contract.owner} · ${contract.path}`)),
    ];
    const sections = sectionsOf(contract).flatMap(({ heading, lines }) => ['', ...block(heading, lines, style, width)]);
    return [...head, ...sections];
  });
  const around =
    screen.workspace.length === 0
      ? []
      : [block('teams and workspace', workspaceLines(screen.workspace), style, width, '')];
  return `${[[visible(answer(screen))], ...blocks, ...around, [count(screen)]].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function block(heading: string, lines: readonly Line[], style: Paint, width: number, indent = '  '): readonly string[] {
  const bold = indent === '' ? style.bold : (text: string) => text;
  return [
    ...wrapped(visible(heading), width - indent.length).map((part) => `${indent}${bold(part)}`),
    ...lines.flatMap((line) => printLine(line, style, width)),
  ];
}

/** The sign, the sentence with what follows below its first word, and the details below in grey. */
function printLine(line: Line, style: Paint, width: number): readonly string[] {
  const { mark, text, detail } = line;
  const colours = {
    '!': style.red,
    '?': style.yellow,
    '+': style.green,
    '-': style.red,
    '~': style.cyan,
    '': style.dim,
  };
  const indent = mark === '' ? '    ' : '      ';
  const { shown, more } = placesOf(line);
  const places = shown.length === 0 ? '' : `${shown.join(', ')}${more} `;
  const parts = wrapped(visible(`${places}${text}`), width - indent.length);
  const first = mark === '' ? indent : `    ${colours[mark](mark)} `;
  const details = detail === undefined ? [] : wrapped(visible(detail), width - indent.length);
  return [
    ...parts.map((part, index) => `${index === 0 ? first : indent}${part}`),
    ...details.map((part) => `${indent}${style.dim(part)}`),
  ];
}
