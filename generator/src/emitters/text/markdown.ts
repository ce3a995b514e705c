import { visible } from '../../diagnostics/visible.ts';

/**
 * Markdown that is safe to print. Text of a contract becomes `Markdown` only through the functions below, so that a
 * template that takes `Markdown` cannot be handed raw text.
 */
declare const checked: unique symbol;

/** Text in Markdown, escaped where it came from outside. */
export type Markdown = string & { readonly [checked]: true };

function trusted(text: string): Markdown {
  return text as Markdown;
}

/** Everything that starts a construct in Markdown, HTML, GitHub's mathematics or a Liquid template, anywhere in a line. */
const inline = /[\\`*_[\]<>|~&{}$]/g;
/** What starts a block at the start of a line: heading, list, rule, underline. */
const blockStart = /^[#+=-]/;
/** A number that starts a list; one within a number, as in 1.2.0, does not. */
const listNumber = /^(\d+)([.)])(?=\s|$)/;

function escapedLine(line: string): string {
  return line.trim().replaceAll(inline, '\\$&').replace(blockStart, '\\$&').replace(listNumber, '$1\\$2');
}

// Every line terminator of Unicode and the other control characters: none of them may end a line of ours.
const controls = /[\p{Cc}\u2028\u2029]+/gu;

/** Text on one line, printed as it is. */
export function text(value: string): Markdown {
  return trusted(escapedLine(value.replaceAll(controls, ' ')));
}

/**
 * A sentence on one line for a comment of a review: what stands between backticks is code, the rest is printed as it is
 * and calls nobody: no mention, no reference to an issue, no link, no command of a review tool.
 */
export function prose(value: string): Markdown {
  const line = visible(value.replaceAll(controls, ' ').trim());
  const parts = line.split(/`([^`]+)`/);
  const printed = parts.map((part, index) =>
    index % 2 === 1 ? code(part) : uncalled(part.replaceAll(inline, '\\$&')),
  );
  const first = printed[0] ?? '';
  return trusted([first.replace(/^[#+=/-]/, '\\$&').replace(listNumber, '$1\\$2'), ...printed.slice(1)].join(''));
}

/** GitHub and GitLab read references in what is displayed, where no backslash is left; something unseen parts them. */
function uncalled(escapedText: string): string {
  return escapedText.replaceAll(/@|[#!%](?=\w)|\bGH-(?=\d)|\bwww(?=\.)/gi, '$&&#8203;').replaceAll('://', ':&#8203;//');
}

/** Text whose paragraphs are kept: an empty line parts them. */
export function paragraphs(value: string): Markdown {
  const parts = value
    .split(/(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*/)
    .map((part) =>
      part
        .split(/\r\n?|\n/)
        .map((line) => escapedLine(line.replaceAll(controls, ' ')))
        .filter((line) => line !== '')
        .join('\n'),
    )
    .filter((part) => part !== '');
  return trusted(parts.join('\n\n'));
}

function longestRun(value: string): number {
  return Math.max(0, ...[...value.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Text in a code span. */
export function code(value: string): Markdown {
  const line = value.replaceAll(controls, ' ');
  const fence = '`'.repeat(longestRun(line) + 1);
  const padding = /^[` ]|[` ]$/.test(line) || line === '' ? ' ' : '';
  return trusted(`${fence}${padding}${line}${padding}${fence}`);
}

/** Lines in a fenced block of a language. */
export function codeBlock(language: 'promql' | 'sh' | 'sql' | 'yaml', value: string): Markdown {
  const fence = '`'.repeat(Math.max(3, longestRun(value) + 1));
  return trusted(`${fence}${language}\n${value}\n${fence}`);
}

/** A link; the target is one of our own paths or an address, its label may hold no other link. */
export function link(label: Markdown, target: string): Markdown {
  const unsafe = /[\s<>()\\"'`{}|\p{Cc}]/gu;
  const percent = (char: string) => `%${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
  return trusted(`[${label}](${target.replaceAll(unsafe, percent)})`);
}

const digits = new Intl.NumberFormat('en-US');

/** Markdown of our own with Markdown, never text, in its holes; numbers are printed. */
export function markdown(texts: TemplateStringsArray, ...values: readonly (Markdown | number)[]): Markdown {
  let whole = '';
  for (const [i, text] of texts.entries()) {
    const value = values[i] ?? '';
    whole += text + (typeof value === 'number' ? digits.format(value) : value);
  }
  return trusted(whole);
}

export function join(parts: readonly Markdown[], separator: string): Markdown {
  return trusted(parts.join(separator));
}

/** Makes Markdown fit for a cell of a table. */
export function cell(value: Markdown): Markdown {
  return trusted(value.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/(?<!\\)\|/g, '\\|'));
}

/** The anchor that GitHub and its like give to a heading. */
export function anchorOf(heading: Markdown | string): string {
  return heading
    .replaceAll(/\\(.)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}
