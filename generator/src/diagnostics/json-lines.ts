import { columns, visible } from './visible.ts';

/**
 * JSON as people write it: an object or an array that fits into `width` columns stands on one line, another has its
 * parts on lines of their own. A name or a string that is longer stays whole.
 */
export function jsonLines(value: unknown, width: number): string[] {
  return lines(value, width, '', '', '');
}

function lines(value: unknown, width: number, indent: string, before: string, behind: string): string[] {
  const line = visible(`${indent}${before}${oneLine(value)}${behind}`);
  const parts = partsOf(value);
  if (parts.length === 0 || columns(line) <= width) return [line];
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const inside = parts.flatMap(([name, part], index) =>
    lines(part, width, `${indent}  `, name, index === parts.length - 1 ? '' : ','),
  );
  return [visible(`${indent}${before}${open}`), ...inside, `${indent}${close}${behind}`];
}

/** Members with their names, or items with nothing before them. */
function partsOf(value: unknown): readonly (readonly [before: string, part: unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown) => ['', item]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, member]: [string, unknown]) => [`${JSON.stringify(name)}: `, member]);
}

function oneLine(value: unknown): string {
  const parts = partsOf(value).map(([name, part]) => name + oneLine(part));
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** The value with long strings cut, each saying how long it is. */
export function cutStrings(value: unknown): unknown {
  if (typeof value === 'string') {
    const characters = [...value];
    if (characters.length <= mostCharacters) return value;
    const shown = characters.slice(0, mostCharacters / 2).join('');
    return `${shown}… (${characters.length.toLocaleString('en-US')} characters)`;
  }
  if (Array.isArray(value)) return value.map(cutStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutStrings(member)]));
}

const mostCharacters = 48;
