import { codeFrame, type FrameOptions } from './code-frame.ts';
import type { AgainstPosition, Finding } from './finding.ts';
import { treeAndFile } from './finding-words.ts';
import { visible } from './visible.ts';

interface Sides {
  readonly frame: readonly string[];
  /** What stood there, where no frame could say it. */
  readonly note?: string;
}

/**
 * The place as it is, with the lines around it. What stood there before is said behind the mark; where the words do not
 * say all of it, the line itself follows below, marked in its own version.
 */
export function bothSides(
  { at, against }: Finding,
  textOf: (path: string) => string | undefined,
  options: Pick<FrameOptions, 'width' | 'mark' | 'dim'>,
): Sides {
  const text = textOf(at.path);
  if (against === undefined) return { frame: text === undefined ? [] : codeFrame(text, at, options) };
  const note = `${visible(against.was)} at ${placeWords(against, at.path)}`;
  const now = text === undefined ? [] : codeFrame(text, at, { ...options, note });
  if (text === undefined || now.length === 0) return { frame: [], note };
  const before = lineOf(textOf(against.path), against.line);
  if (before === undefined || saysEnough(against, before, lineOf(text, at.line))) return { frame: now };
  const numbers = { ...options, digits: String(Math.max(at.line + 1, against.line)).length };
  const { dim = (words: string) => words } = options;
  return {
    frame: [
      ...codeFrame(text, at, numbers),
      '',
      dim(`at ${placeWords(against, at.path, false)}`),
      ...codeFrame(textOf(against.path) ?? '', against, {
        ...numbers,
        before: 0,
        after: 0,
        sign: '<',
        note: visible(against.was),
      }),
    ],
  };
}

/** `was 4h` says all that `investigateWithin: 4h` does; a line that is the same today, or a default, has no more to say. */
function saysEnough(against: AgainstPosition, before: string, now = ''): boolean {
  const { was, column, endColumn = column + 1, unwritten } = against;
  const marked = before.slice(column - 1, endColumn - 1).replace(/^["']|["']$/g, '');
  return unwritten === true || before.trim() === now.trim() || was.includes(marked);
}

function lineOf(text: string | undefined, line: number): string | undefined {
  return text?.split('\n')[line - 1]?.replace(/\r$/, '');
}

/** `origin/main, v1.schema.json:13`: the folder is that of the finding, and need not be said again. */
function placeWords({ path, line, unwritten }: AgainstPosition, here: string, withLine = unwritten !== true): string {
  const { tree, file } = treeAndFile(path);
  const last = file.slice(file.lastIndexOf('/') + 1);
  const name = tree !== undefined && here.endsWith(`/${last}`) ? last : file;
  return visible(`${tree === undefined ? '' : `${tree}, `}${name}${withLine ? `:${line}` : ''}`);
}
