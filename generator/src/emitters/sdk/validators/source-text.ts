import type { Json } from '../../../schema/ast.ts';
import { literal, quoted } from '../js-text.ts';

/** Pieces of TypeScript that the emitters of checks and of changes share. */

/** A member of `object`. Names that every object inherits something under are looked up as own members. */
export function memberText(object: string, name: string): string {
  if (name in Object.prototype) return `$v.own(${object}, ${quoted(name)})`;
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${object}.${name}` : `${object}[${quoted(name)}]`;
}

/** A regular expression as source: an expression of its own, compiled once when the module is loaded. */
export function patternText(pattern: string): string {
  try {
    new RegExp(pattern, 'u');
    return `new RegExp(${quoted(pattern)}, 'u')`;
  } catch {
    return `new RegExp(${quoted(pattern)})`;
  }
}

export function namesText(names: readonly string[]): string {
  return `new Set<string>(${literal([...names], 0, constantHead)})`;
}

/** Scalars to look a value up in. */
export function valuesText(values: readonly Json[]): string {
  return `new Set<unknown>(${literal(values, 0, constantHead)})`;
}

/** Columns of `const $namesOrderPlaced2 = new Set<string>(`, or thereabouts. */
const constantHead = 50;

/** A value of a schema as source; a new one whenever the expression is evaluated. */
export function valueText(value: Json): string {
  return literal(value);
}

/** Text for people: values that a message may name, cut where it gets long. */
export function listed(values: readonly Json[]): string {
  const shown = values.slice(0, 8).map((value) => cut(JSON.stringify(value)));
  return `${shown.join(', ')}${values.length > shown.length ? ', …' : ''}`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Statements that the compiler can still follow in one function; it gives up at 2,000 branches. */
const mostStatements = 300;

/**
 * Groups of statements that know nothing of one another, as the statements of one function; so many of them that the
 * compiler would lose track are parted into functions inside. Each group may `return false`.
 */
export function inParts(groups: readonly (readonly string[])[]): readonly string[] {
  if (groups.length <= mostStatements) return groups.flat();
  const lines: string[] = [];
  for (let at = 0; at < groups.length; at += mostStatements) {
    const part = groups.slice(at, at + mostStatements).flat();
    const name = `part${at / mostStatements + 1}`;
    lines.push(`const ${name} = (): boolean => {`, ...part.map((line) => `  ${line}`), '  return true;', '};');
    lines.push(`if (!${name}()) return false;`);
  }
  return lines;
}
