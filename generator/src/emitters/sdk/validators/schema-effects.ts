import type { Schema } from '../../../schema/ast.ts';
import { type Effects, effectsFrom, TooManyPlaces } from '../../../schema/effects.ts';
import { locate } from '../../../schema/places.ts';

/** A schema of a megabyte has about as many; one that has more combines alternatives that nobody could mean. */
export const mostEmittedPlaces = 100_000;

const known = new WeakMap<Schema, Effects | undefined>();

/** What `project` and `fill` do where; undefined when there are too many places to write code for. */
export function schemaEffects(schema: Schema): Effects | undefined {
  if (!known.has(schema)) known.set(schema, effects(schema));
  return known.get(schema);
}

function effects(schema: Schema): Effects | undefined {
  try {
    return effectsFrom(locate(schema.root), mostEmittedPlaces);
  } catch (error) {
    if (error instanceof TooManyPlaces) return undefined;
    throw error;
  }
}
