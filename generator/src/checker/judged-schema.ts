import { compare, type Json, type Schema } from '../schema/index.ts';

/** Most schemas are answered within a millisecond; one that takes longer is not judged by design rules. */
export const budgetMs = 200;

/**
 * An event that is valid and that generated consumers of the same schema reject, once they have dropped what is not
 * declared and filled defaults in; undefined when there is none, or none was found in time.
 */
export function validAndRejected(schema: Schema): Json | undefined {
  const relation = { producer: 'hand-written', consumer: 'generated' } as const;
  const verdict = compare(schema, schema, { relation, budgetMs });
  return verdict.verdict === 'incompatible' ? verdict.witness : undefined;
}
