import type { Json } from './ast.ts';

/** Design: inclusion is L(old) ⊆ L(new); events is emits(old) ⊆ accepts(new). */
export type Relation = 'inclusion' | 'events';

/** Code that Tenet writes sends what `emits` allows and understands what `accepts` does; other code, what the schema says. */
export type Handling = 'generated' | 'hand-written';

/** Whose events of the old schema are read by whom under the new one. */
export interface Meeting {
  readonly producer: Handling;
  readonly consumer: Handling;
}

/**
 * `compatible` only with a proof; `incompatible` only with a witness that independent validators confirmed
 * (in L(old) or emits(old), and not in L(new) or accepts(new)); otherwise `unknown` and the reason.
 */
export type Verdict =
  | { readonly verdict: 'compatible' }
  | { readonly verdict: 'incompatible'; readonly witness: Json }
  | { readonly verdict: 'unknown'; readonly reason: string };

export interface CompareOptions {
  /** `inclusion` is among hand-written services, `events` among generated ones. */
  readonly relation: Relation | Meeting;
  /** Milliseconds of work for the pair before the verdict is `unknown`; default 1,000. */
  readonly budgetMs?: number;
}
