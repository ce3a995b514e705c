import type { Json } from './ast.ts';

/** Design: inclusion is L(old) ⊆ L(new); events is emits(old) ⊆ accepts(new). */
export type Relation = 'inclusion' | 'events';

/**
 * `compatible` only with a proof; `incompatible` only with a witness that independent validators confirmed
 * (in L(old) and not in L(new), or in emits(old) and not in accepts(new)); otherwise `unknown` and the reason.
 */
export type Verdict =
  | { readonly verdict: 'compatible' }
  | { readonly verdict: 'incompatible'; readonly witness: Json }
  | { readonly verdict: 'unknown'; readonly reason: string };

export interface CompareOptions {
  readonly relation: Relation;
  /** Milliseconds of work for the pair before the verdict is `unknown`; default 1,000. */
  readonly budgetMs?: number;
}
