import type { Position } from './finding.ts';
import { columns, visible, wrapped } from './visible.ts';

export interface FrameOptions {
  /** Columns for the whole frame. */
  readonly width: number;
  /** Lines shown before and after the marked one; default 2 and 1. */
  readonly before?: number;
  readonly after?: number;
  /** Least digits that line numbers take, so that two frames stand in line; default: as many as needed. */
  readonly digits?: number;
  /** Stands before the number of the marked line; default `>`. */
  readonly sign?: '>' | '<';
  /** Words behind the caret: what stood there before. */
  readonly note?: string;
  /** Marks the caret and its words; default: as they are. */
  readonly mark?: (text: string) => string;
  /** Marks what only leads the eye; default: as it is. */
  readonly dim?: (text: string) => string;
}

/**
 * The lines around a place with a caret below it. A line that is too long (minified JSON) is cut to a window around
 * the place. Empty when the place is not in the text.
 */
export function codeFrame(text: string, at: Position, options: FrameOptions): string[] {
  const { width, before = 2, after = 1, digits = 1, sign = '>', note, mark = same, dim = same } = options;
  const lines = linesAround(text, at.line - before, at.line + after);
  if (!lines.has(at.line)) return [];
  const gutter = Math.max(digits, String(Math.max(...lines.keys())).length);
  const room = Math.max(20, width - gutter - 6);
  const shown: string[] = [];
  for (const [number, line] of lines) {
    const isMarked = number === at.line;
    const from = isMarked ? windowStart(line.length, at.column - 1, room) : 0;
    const cut = visible(line).slice(from, from + room);
    const clipped = (from > 0 ? `…${cut.slice(1)}` : cut) + (from + room < line.length ? '…' : '');
    const head = `${isMarked ? sign : ' '} ${String(number).padStart(gutter)} │`;
    shown.push(`${isMarked ? mark(head) : dim(head)} ${clipped}`.trimEnd());
    if (!isMarked) continue;
    const end = at.endLine === undefined || at.endLine === at.line ? (at.endColumn ?? at.column + 1) : line.length + 1;
    const marked = cut.slice(at.column - 1 - from, Math.max(end - 1 - from, at.column - from));
    const carets = '^'.repeat(Math.max(1, columns(marked)));
    const indent = columns(cut.slice(0, at.column - 1 - from));
    const beside = note !== undefined && indent + columns(`${carets} ${note}`) <= room;
    const gap = `  ${' '.repeat(gutter)} ${dim('│')} `;
    shown.push(`${gap}${' '.repeat(indent)}${mark(beside ? `${carets} ${note}` : carets)}`);
    if (note === undefined || beside) continue;
    const words = wrapped(note, room);
    const space = ' '.repeat(Math.max(0, Math.min(indent, room - Math.max(...words.map(columns)))));
    shown.push(...words.map((line) => `${gap}${space}${mark(line)}`));
  }
  return shown;
}

function same(text: string): string {
  return text;
}

/** Starts of the few lines that are wanted are looked for; a file is not split for them. */
function linesAround(text: string, first: number, last: number): Map<number, string> {
  const lines = new Map<number, string>();
  let start = 0;
  for (let number = 1; number <= last; number++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (number >= first) lines.set(number, text.slice(start, end).replace(/\r$/, ''));
    if (found < 0) break;
    start = found + 1;
  }
  // The nothing behind the last line break is no line.
  if (text.endsWith('\n') && lines.size > 1) {
    const [number, line] = [...lines].at(-1) ?? [0, ''];
    if (line === '' && start === text.length) lines.delete(number);
  }
  return lines;
}

function windowStart(length: number, column: number, room: number): number {
  if (length <= room) return 0;
  return Math.max(0, Math.min(column - Math.floor(room / 3), length - room));
}
