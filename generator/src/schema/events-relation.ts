import { acceptsNode } from './accepts-node.ts';
import type { Json, Schema, SchemaNode } from './ast.ts';
import { TooManyPlaces } from './effects.ts';
import { emitsNode } from './emits-node.ts';
import { fill } from './fill.ts';
import { secondOpinion } from './judge.ts';
import { locate } from './location.ts';
import { project } from './project.ts';
import { isValid } from './validate.ts';
import type { Verdict } from './verdict.ts';

/**
 * emits(old) ⊆ accepts(next): whatever a generated producer of the old version may send, a generated consumer of the
 * new one understands. Definitions and the table of changes: docs/compatibility.md.
 */

/** The value is valid, nothing of it is undeclared and no default is absent. */
export function emits(schema: Schema, value: Json): boolean {
  const root = locate(schema.root);
  return project(root, value) === value && fill(root, value) === value && isValid(schema.root, value, schema);
}

/** The value is valid once what is undeclared was dropped and what is absent was filled in. */
export function accepts(schema: Schema, value: Json): boolean {
  return isValid(schema.root, seen(schema, value), schema);
}

function seen(schema: Schema, value: Json): Json {
  const root = locate(schema.root);
  return fill(root, project(root, value));
}

/**
 * The verdict on L(a) ⊆ L(b); a witness is shown to `confirm` before it is believed, and `refused` witnesses are no
 * reason to give up at once.
 */
export type Decide = (a: SchemaNode, b: SchemaNode, confirm: (witness: Json) => boolean) => Verdict;

export function compareEvents(old: Schema, next: Schema, decide: Decide): Verdict {
  try {
    return reduceAndDecide(old, next, decide);
  } catch (error) {
    if (!(error instanceof TooManyPlaces)) throw error;
    return { verdict: 'unknown', reason: 'untagged alternatives that refer to one another combine in too many ways' };
  }
}

function reduceAndDecide(old: Schema, next: Schema, decide: Decide): Verdict {
  const emitted = emitsNode(old);
  const confirm = (witness: Json): boolean => {
    if (!emits(old, witness) || secondOpinion(old, witness) !== true) return false;
    const received = seen(next, witness);
    return !isValid(next.root, received, next) && secondOpinion(next, received) === false;
  };
  const least = acceptsNode(next, 'under');
  const verdict = decide(emitted, least.node, confirm);
  if (verdict.verdict !== 'unknown' || least.inexact.length === 0) return verdict;
  const widest = decide(emitted, acceptsNode(next, 'over').node, confirm);
  if (widest.verdict === 'incompatible') return widest;
  return { verdict: 'unknown', reason: `what a consumer accepts cannot be expressed: ${least.inexact.join('; ')}` };
}
