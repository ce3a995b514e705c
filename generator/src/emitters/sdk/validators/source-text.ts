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
  return `new Set<string>(${literal([...names])})`;
}

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
