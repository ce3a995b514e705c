import { capitalised } from '../diagnostics/finding-words.ts';
import { code, join, type Markdown, markdown, prose } from '../diagnostics/markdown.ts';
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

/** The changelog as a comment of a review or a chapter of release notes. Nothing in it calls anybody or links anywhere. */
export function printDiffMarkdown(screen: DiffScreen): string {
  if (screen.contracts.length + screen.workspace.length === 0) return `${prose(answer(screen))}\n`;
  const contracts = screen.contracts.flatMap((contract) => [
    markdown`### ${prose(title(contract))}`,
    markdown`Owned by ${prose(contract.owner)} · ${code(contract.path)}`,
    ...sectionsOf(contract).flatMap(({ heading, lines }) => [
      markdown`**${prose(capitalised(heading))}**`,
      list(lines),
    ]),
  ]);
  const around =
    screen.workspace.length === 0 ? [] : [markdown`### Teams and workspace`, list(workspaceLines(screen.workspace))];
  const parts = [markdown`**${prose(capitalised(answer(screen)))}**`, ...contracts, ...around, prose(count(screen))];
  return `${join(parts, '\n\n')}\n`;
}

function list(lines: readonly Line[]): Markdown {
  return join(lines.map(item), '\n');
}

function item(line: Line): Markdown {
  const { mark, text: sentence, detail } = line;
  const { shown, more } = placesOf(line);
  const places =
    shown.length === 0
      ? markdown``
      : markdown`${join(shown.map(code), ', ')} ${more === '' ? markdown`` : markdown`${prose(more)} `}`;
  const sign = mark === '' ? markdown`` : markdown`${code(mark)} `;
  const small = detail === undefined ? markdown`` : markdown`<br>${prose(detail)}`;
  return markdown`- ${sign}${places}${prose(sentence)}${small}`;
}
