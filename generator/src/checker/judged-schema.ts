import { compare, type DefaultProblem, defaultProblems, type Json, type Schema } from '../schema/index.ts';
import { everyNode } from './every-node.ts';

/** Milliseconds for one question. Most schemas answer within one; one that takes longer is not judged by design rules. */
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

const known = new WeakMap<Schema, readonly DefaultProblem[]>();

/** What several rules ask of one schema, found once. */
export function problemsOfDefaults(schema: Schema): readonly DefaultProblem[] {
  const found = known.get(schema) ?? (hasDefaults(schema) ? defaultProblems(schema) : []);
  known.set(schema, found);
  return found;
}

export function hasDefaults({ root }: Schema): boolean {
  return [...everyNode(root)].some((node) => node.default !== undefined);
}
