import type { Json, SchemaNode } from './ast.ts';

/** The answer to "is there a value?": one, surely none, or neither was shown. */
export type Found =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

export const none: Found = { kind: 'none' };
export const value = (found: Json): Found => ({ kind: 'value', value: found });
export const unknown = (reason: string): Found => ({ kind: 'unknown', reason });

/** Subschemas that a value must and must not satisfy at once. */
export interface Demand {
  readonly holds: readonly SchemaNode[];
  readonly fails: readonly SchemaNode[];
}
