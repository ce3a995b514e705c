import { acceptsNode } from './accepts-node.ts';
import type { Json, Schema, SchemaNode } from './ast.ts';
import { findValue } from './contains.ts';
import { TooManyPlaces } from './effects.ts';
import { emitsNode } from './emits-node.ts';
import { fill } from './fill.ts';
import { locate } from './places.ts';
import { project } from './project.ts';
import { isValid } from './validate.ts';
import type { Meeting, Verdict } from './verdict.ts';

/**
 * What a producer of the old version may send is understood by a consumer of the new one: emits(old) ⊆ accepts(next)
 * between generated services, and L(old) or L(next) in the place of either that is written by hand. Definitions and the
 * table of changes: docs/compatibility.md.
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

/** Surely no event can be emitted: whatever is valid loses something on the way, or gains a default that is refused. */
export function emitsNothing(schema: Schema, budgetMs: number): boolean {
  try {
    const emitted = emitsNode(schema);
    return (
      findValue({ holds: [emitted], fails: [] }, { assertFormats: schema.assertFormats, budgetMs }).kind === 'none'
    );
  } catch (error) {
    if (error instanceof TooManyPlaces) return false;
    throw error;
  }
}

/** The value without what the schema does not declare. */
export function declaredPart(schema: Schema, value: Json): Json {
  return project(locate(schema.root), value);
}

/** What a generated consumer makes of a value before it validates. */
export function seen(schema: Schema, value: Json): Json {
  const root = locate(schema.root);
  return fill(root, project(root, value));
}

/**
 * The verdict on L(a) ⊆ L(b). A witness is confirmed before it is believed, and one that is refused is no reason to give
 * up at once.
 */
export type Decide = (a: SchemaNode, b: SchemaNode) => Verdict;

export function compareEvents(old: Schema, next: Schema, meeting: Meeting, decide: Decide): Verdict {
  try {
    return reduceAndDecide(old, next, meeting, decide);
  } catch (error) {
    if (!(error instanceof TooManyPlaces)) throw error;
    return { verdict: 'unknown', reason: 'untagged alternatives that refer to one another combine in too many ways' };
  }
}

function reduceAndDecide(old: Schema, next: Schema, { producer, consumer }: Meeting, decide: Decide): Verdict {
  const sent = producer === 'generated' ? emitsNode(old) : old.root;
  if (consumer === 'hand-written') return decide(sent, next.root);
  const least = acceptsNode(next, 'under');
  const verdict = decide(sent, least.node);
  if (verdict.verdict !== 'unknown' || least.inexact.length === 0) return verdict;
  const widest = decide(sent, acceptsNode(next, 'over').node);
  if (widest.verdict === 'incompatible') return widest;
  return { verdict: 'unknown', reason: `what a consumer accepts cannot be expressed: ${least.inexact.join('; ')}` };
}
