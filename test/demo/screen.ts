/**
 * How the demo talks: chapters with a number, lines under them, a bar that moves on a terminal and is one line
 * elsewhere. Colour never carries meaning alone.
 */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  /** `① the gate` in bold, then the sentence. */
  chapter(number: number, name: string, sentence: string): void;
  /** An indented line under the chapter. */
  line(text?: string): void;
  /** Somebody else's output, set apart by a bar at the left. */
  quote(text: string): void;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
  /** Redrawn in place on a terminal; nothing elsewhere until `done`. */
  progress(done: number, total: number, label: string): void;
  /** Ends the bar with a last line. */
  done(total: number, label: string): void;
}

const digits = ['⓪', '①', '②', '③', '④', '⑤'];
const barWidth = 24;

export function screen(out: NodeJS.WriteStream = process.stdout): Screen {
  const terminal = out.isTTY === true;
  const paint = (style: Style, text: string) => styleText(style, text, { stream: out });
  const write = (text: string) => out.write(`${text}\n`);
  const bar = (done: number, total: number) => {
    const full = total === 0 ? barWidth : Math.round((Math.min(done, total) / total) * barWidth);
    return paint('cyan', '█'.repeat(full)) + paint('dim', '░'.repeat(barWidth - full));
  };
  return {
    chapter: (number, name, sentence) => {
      write(`\n${paint(['bold', 'cyan'], `${digits[number]} ${name.padEnd(14)}`)} ${sentence}`);
    },
    line: (text = '') => write(text === '' ? '' : `   ${text}`),
    quote: (text) => {
      for (const line of text.trimEnd().split('\n')) write(`   ${paint('dim', '│')} ${line}`);
    },
    good: (text) => paint('green', text),
    bad: (text) => paint('red', text),
    dim: (text) => paint('dim', text),
    strong: (text) => paint('bold', text),
    progress: (done, total, label) => {
      if (terminal) out.write(`\r\x1b[K   ${bar(done, total)} ${label}`);
    },
    done: (total, label) => {
      if (terminal) out.write(`\r\x1b[K   ${bar(total, total)} ${label}\n`);
      else write(`   ${label}`);
    },
  };
}
