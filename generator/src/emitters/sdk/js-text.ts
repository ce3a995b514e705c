/** Text for TypeScript sources. Every value that a contract or a schema brings goes through here, whatever it holds. */
import type { Json } from '../../schema/ast.ts';

const width = 116;

/** A string literal that ends where it should, whatever stands in it. */
export function quoted(text: string): string {
  const body = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `'${body}'`;
}

/** A property name in a type or behind a dot-less access: bare where that is legal. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' && name !== 'constructor' ? name : quoted(name);
}

/**
 * A property name in an object literal, where a bare or quoted `__proto__` would set the prototype, and the compiler
 * expects the value of `constructor` to be what every object has there.
 */
function literalKey(name: string): string {
  if (name === 'constructor') return "['constructor' as string]";
  return name === '__proto__' ? "['__proto__']" : propertyName(name);
}

/** Text that stands for itself: a name in scope. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Literal = Raw | null | boolean | number | string | readonly Literal[] | LiteralObject;
export interface LiteralObject {
  /** `undefined` members are left out. Names that are expressions are given as `[name]`. */
  readonly [name: string]: Literal | undefined;
}

/**
 * An expression for plain data; on one line where it fits, `indent` being the spaces that its line starts with and
 * `before` the columns of what stands before it there.
 */
export function literal(value: Literal, indent = 0, before = 0): string {
  const flat = flatLiteral(value);
  if (flat.length + indent + before <= width || typeof value !== 'object' || value === null || value instanceof Raw)
    return flat;
  const inner = ' '.repeat(indent + 2);
  const entries: readonly (readonly [string, Literal])[] = isList(value)
    ? value.map((item) => ['', item] as const)
    : entriesOf(value).map(([name, item]) => [`${name}: `, item] as const);
  // A long list of short values is filled like prose: one item a line would bury the file.
  const parts = entries.map(([key, item]) => `${key}${literal(item, indent + 2)},`);
  const table = isList(value) && entries.every(([, item]) => typeof item !== 'object' || item === null);
  const lines = table ? filledLines(parts, width - indent - 2) : parts;
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.map((line) => `${inner}${line}`).join('\n')}\n${' '.repeat(indent)}${close}`;
}

function filledLines(parts: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < room) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines;
}

function flatLiteral(value: Literal): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(flatLiteral).join(', ')}]`;
  const entries = entriesOf(value);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([k, v]) => `${k}: ${flatLiteral(v)}`).join(', ')} }`;
}

function isList(value: readonly Literal[] | LiteralObject): value is readonly Literal[] {
  return Array.isArray(value);
}

function entriesOf(value: LiteralObject): readonly (readonly [string, Literal])[] {
  return Object.entries(value).flatMap(([name, item]) =>
    item === undefined ? [] : [[literalKey(name), item] as const],
  );
}

/** A number as source text; -0 is 0 in JSON's eyes. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** The type that exactly this value has. */
export function literalType(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : 'number';
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `readonly [${value.map(literalType).join(', ')}]`;
  const members = Object.entries(value).map(([name, item]) => `readonly ${propertyName(name)}: ${literalType(item)}`);
  return members.length === 0 ? '{ readonly [name: string]: never }' : `{ ${members.join('; ')} }`;
}

/** Lines of a comment cannot close it, and cannot smuggle in a tag of their own. */
export function commentText(text: string): string {
  return text
    .replaceAll('*/', '*\\/')
    .replace(/[\p{Cc}\u2028\u2029]/gu, (char) => (char === '\n' || char === '\t' ? char : ' '))
    .replace(/^(\s*)@/gm, '$1\\@')
    .trim();
}
