/**
 * Keeps classified values out of what people and logs get to see: error messages and stacks often quote the payload
 * that they fail on. A value is found as the payload writes it: what a handler has cut, hashed or put into other
 * letters before it quotes it cannot be recognised.
 */
import { valuesAt } from '../envelope/pointer.ts';

/** The text without any classified value of that payload; nothing of the text when the payload cannot be walked. */
export type Redact = (text: string, payload: unknown) => string;

/** Shorter values would blot out half of any text and say nothing by themselves. */
const shortest = 3;

/** `classifications`: of every event that the payload may be. */
export function compileRedaction(
  ...classifications: readonly Readonly<Record<string, 'personal' | 'secret'>>[]
): Redact {
  const pointers = classifications.flatMap((one) => Object.entries(one));
  if (pointers.length === 0) return (text) => text;
  return (text, payload) => {
    const hidden: (readonly [value: string, kind: string])[] = [];
    try {
      for (const [pointer, kind] of pointers) {
        for (const value of valuesAt(payload, pointer)) collect(value, kind, hidden);
      }
    } catch {
      return '[withheld: the payload is nested too deeply to find what is classified]';
    }
    // Longest first: a value that holds another one goes as a whole.
    hidden.sort((a, b) => b[0].length - a[0].length);
    let redacted = text;
    for (const [value, kind] of hidden) redacted = redacted.replaceAll(value, `[${kind}]`);
    return redacted;
  };
}

function collect(value: unknown, kind: string, into: (readonly [string, string])[]): void {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, kind, into);
    return;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return;
  const text = String(value);
  if (text.length < shortest) return;
  into.push([text, kind]);
  const quoted = JSON.stringify(value).slice(1, -1);
  if (typeof value === 'string' && quoted !== text) into.push([quoted, kind]);
}
