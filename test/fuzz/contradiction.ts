import type { Dialect, Json, Relation, Verdict } from '../../generator/src/schema/index.ts';

/** Two schemas and a relation: what the engine is asked. */
export interface Question {
  /** The number that replays it; the same for both relations. */
  readonly pair: number;
  readonly dialect: Dialect;
  readonly assertFormats: boolean;
  readonly relation: Relation;
  readonly old: Json;
  readonly next: Json;
}

/**
 * - `passed`: compatible, but the old side sends the value and the new side does not take it;
 * - `blocked`: incompatible, but both judges say that the witness is none;
 * - `indifferent`: incompatible, though one schema is the other written differently;
 * - `reflexive`: not compatible with itself;
 * - `transitive`: incompatible, though a third schema lies between the two;
 * - `validator`: both judges say otherwise of the value than the engine's own validator;
 * - `crash`: no verdict at all, or one long after the budget.
 */
export type Kind = 'passed' | 'blocked' | 'indifferent' | 'reflexive' | 'transitive' | 'validator' | 'crash';

export interface Contradiction extends Question {
  readonly kind: Kind;
  readonly verdict?: Verdict['verdict'];
  /** The value that proves it: an event that broke through, or a witness that is none. */
  readonly value?: Json;
  readonly detail?: string;
}

/** A pair without an answer, or with a late one, for whoever improves the engine. */
export interface Hard extends Question {
  readonly verdict: Verdict['verdict'];
  readonly reason?: string;
  readonly milliseconds: number;
}

/** A witness of the engine's on which the judges do not agree. */
export interface DisputedWitness extends Question {
  readonly witness: Json;
  /** What each judge says of it under each schema. */
  readonly opinions: { readonly old: Opinions; readonly next: Opinions };
}

export type Opinions = Readonly<Record<string, boolean | undefined>>;
