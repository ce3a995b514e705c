import type { Schema } from '../../../schema/ast.ts';
import { type Effects, effectsFrom, TooManyPlaces } from '../../../schema/effects.ts';
import type { Location } from '../../../schema/location.ts';
import { locate } from '../../../schema/places.ts';

/** A schema of a megabyte has about as many; one that has more combines alternatives that nobody could mean. */
export const mostEmittedPlaces = 100_000;

/** What happens at every place of a schema; the places belong together. */
export interface PlacedEffects {
  readonly root: Location;
  readonly effects: Effects;
}

const known = new WeakMap<Schema, PlacedEffects | undefined>();

/** What `project` and `fill` do where; undefined when there are too many places to write code for. */
export function schemaEffects(schema: Schema): PlacedEffects | undefined {
  if (!known.has(schema)) known.set(schema, effectsOf(schema));
  return known.get(schema);
}

function effectsOf(schema: Schema): PlacedEffects | undefined {
  try {
    const root = locate(schema.root);
    return { root, effects: effectsFrom(root, mostEmittedPlaces) };
  } catch (error) {
    if (error instanceof TooManyPlaces) return undefined;
    throw error;
  }
}
