import type { Json } from '../ast.ts';
import type { FixedType, PrimitiveType } from './types.ts';

/** Bytes are written as the code points 0 to 255. Longs beyond what a double holds are accepted as the nearest one. */
export function fitsPrimitive(type: PrimitiveType | FixedType, value: Json): boolean {
  switch (type.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
    case 'long':
      return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63;
    case 'float':
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return typeof value === 'string' && isBytes(value);
    case 'fixed':
      return typeof value === 'string' && isBytes(value) && value.length === type.size;
  }
}

/** No code point beyond 255: every character is one byte. */
function isBytes(text: string): boolean {
  return [...text].every((character) => character.charCodeAt(0) <= 255);
}
