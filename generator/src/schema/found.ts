import type { Json, SchemaNode } from './ast.ts';

/** The answer to "is there a value?": one, surely none, or neither was shown. */
export type Found =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

export const none: Found = { kind: 'none' };
export const value = (found: Json): Found => ({ kind: 'value', value: found });
export const unknown = (reason: string): Found => ({ kind: 'unknown', reason });

/** The pair took longer than it may; ends the search from whatever depth. */
export class OutOfBudget extends Error {}

/** Counts work and ends it. The clock is read rarely, because reading it costs as much as a step. */
export class Budget {
  readonly #deadline: number;
  #steps = 0;

  constructor(milliseconds: number) {
    this.#deadline = performance.now() + milliseconds;
  }

  /** An arrow, so that it can be handed on. */
  readonly tick = (): void => {
    if ((++this.#steps & 127) === 0 && performance.now() > this.#deadline) {
      throw new OutOfBudget('not decided in the time allowed');
    }
  };
}

/** Subschemas that a value must and must not satisfy at once. */
export interface Demand {
  readonly holds: readonly SchemaNode[];
  readonly fails: readonly SchemaNode[];
}
