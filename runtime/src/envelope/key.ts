/**
 * The bytes of a key: one field alone is its own text (a string as UTF-8, a number in its shortest decimal), several
 * fields and the bucket are a compact JSON array with the bucket last. Golden vectors in the tests fix them for ever:
 * a changed byte is a changed partition.
 */
import type { KeyDefinition } from '../contract.ts';
import { murmur2 } from './murmur2.ts';
import { compilePointer, type Read } from './pointer.ts';

type KeyPart = string | number | boolean;

/** Pointer of the field that is missing, null, or no string, number or boolean. */
export interface MissingKey {
  readonly missing: string;
}

/** `id` spreads a key over its buckets: the same event falls into the same bucket however often it is sent. */
export type KeyText = (event: unknown, id: string) => string | MissingKey;

export function compileKey(definition: KeyDefinition): KeyText {
  const parts = definition.fields.map((field) => ({ field, read: compilePointer(field) }));
  const buckets = definition.buckets;
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && buckets === undefined) return (event) => single(event, only);
  return (event, id) => {
    const texts: KeyPart[] = [];
    for (const part of parts) {
      const value = part.read(event);
      if (!isKeyPart(value)) return { missing: part.field };
      texts.push(value);
    }
    if (buckets !== undefined) texts.push((murmur2(Buffer.from(id)) & 0x7fffffff) % buckets);
    return JSON.stringify(texts);
  };
}

/** The canonical text of a key whose parts are given: alone where there is one, else in their order, bucket last. */
export function compileGivenKey({ fields, buckets }: KeyDefinition): (key: unknown) => string | undefined {
  const count = fields.length + (buckets === undefined ? 0 : 1);
  return (key) => {
    if (count === 1) return isKeyPart(key) ? String(key) : undefined;
    if (!Array.isArray(key) || key.length !== count || !key.every(isKeyPart)) return undefined;
    const bucket: unknown = key[count - 1];
    const fits = buckets === undefined || (Number.isInteger(bucket) && Number(bucket) >= 0 && Number(bucket) < buckets);
    return fits ? JSON.stringify(key) : undefined;
  };
}

/** The canonical text of an idempotency key; the same form as a partition key without buckets. */
export function compileIdempotencyKey(fields: readonly string[]): (event: unknown) => string | MissingKey {
  const key = compileKey({ fields });
  return (event) => key(event, '');
}

function single(event: unknown, part: { readonly field: string; readonly read: Read }): string | MissingKey {
  const value = part.read(event);
  if (!isKeyPart(value)) return { missing: part.field };
  return String(value);
}

function isKeyPart(value: unknown): value is KeyPart {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean';
}
