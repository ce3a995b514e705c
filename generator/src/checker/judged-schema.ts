import {
  compare,
  defaultProblems,
  emits,
  emitsNothing,
  type Found,
  findValue,
  type Json,
  plainValue,
  type Schema,
  seen,
} from '../schema/index.ts';
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

/** What several rules ask of one schema, found once. */
export const problemsOfDefaults = once((schema) => (hasDefaults(schema) ? defaultProblems(schema) : []));

/** A valid event, that there is none, or that neither was found in time. */
export const validEvent = once((schema): Found => {
  const { root, assertFormats } = schema;
  const plain = plainValue(root, { assertFormats, budgetMs });
  if (plain !== undefined) return { kind: 'value', value: plain };
  return findValue({ holds: [root], fails: [] }, { assertFormats, budgetMs });
});

/** Surely no event can be sent by a generated producer. What one makes of a valid event nearly always can. */
export const cannotEmit = once((schema) => {
  const valid = validEvent(schema);
  if (valid.kind === 'value' && emits(schema, seen(schema, valid.value))) return false;
  return emitsNothing(schema, budgetMs);
});

function once<A>(ask: (schema: Schema) => A): (schema: Schema) => A {
  const known = new WeakMap<Schema, { readonly answer: A }>();
  return (schema) => {
    const answered = known.get(schema) ?? { answer: ask(schema) };
    known.set(schema, answered);
    return answered.answer;
  };
}

export function hasDefaults({ root }: Schema): boolean {
  return [...everyNode(root)].some((node) => node.default !== undefined);
}
