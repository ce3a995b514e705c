/**
 * One text per JSON value, whatever the order of its members: what the payload hash of the inbox is computed over.
 * Only for values that came out of `JSON.parse`.
 */
import { createHash } from 'node:crypto';

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(members).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** `bytes` stand in for a value that is nested too deeply to be walked through. */
export function payloadHash(value: unknown, bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(canonicalOr(value, bytes)).digest();
}

function canonicalOr(value: unknown, bytes: Uint8Array): string | Uint8Array {
  try {
    return canonicalJson(value);
  } catch {
    return bytes;
  }
}
