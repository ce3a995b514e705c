/**
 * A place in an event with everything the schema says there: the subschemas that must all hold, with references and
 * `allOf` unfolded. Types are read off places, never off single subschemas, so `allOf` merges by itself.
 */
import type { SchemaNode } from '../../../schema/ast.ts';
import { patternFits } from './pattern-fits.ts';

/** Subschemas that all hold at one place; in a fixed order, without repetition, without those that only delegate. */
export type Place = readonly SchemaNode[];

export function placeOf(nodes: readonly SchemaNode[]): Place {
  return unfold(nodes).filter(speaks);
}

/** Every subschema that holds where these hold, nearest first, the silent ones (a title, a reference) included. */
export function unfold(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
  const seen = new Set<SchemaNode>();
  const pending = [...nodes].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const inner = [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])];
    pending.push(...inner.reverse());
  }
  return [...seen];
}

/** Says something about values, besides what it delegates. */
function speaks(node: SchemaNode): boolean {
  for (const key of Object.keys(node)) {
    if (key !== 'at' && key !== 'ref' && key !== 'allOf' && key !== 'annotations' && key !== 'default') {
      return node.always !== true;
    }
  }
  return false;
}

/** The `anyOf` and `oneOf` of a place; each is one choice that holds beside the others. */
export function choicesOf(place: Place): readonly (readonly SchemaNode[])[] {
  return place.flatMap((node) => [node.anyOf, node.oneOf].filter((choice) => choice !== undefined));
}

/** A member with these subschemas is filled in when it is absent. */
export function hasDefault(nodes: readonly SchemaNode[]): boolean {
  return unfold(nodes).some((node) => node.default !== undefined);
}

/** What a subschema says of one member: its own, and every pattern that fits; else what holds for all others. */
export function subschemasFor(node: SchemaNode, name: string): readonly SchemaNode[] {
  const own = node.properties?.get(name);
  const matching = [...(node.patternProperties ?? [])].filter(([p]) => patternFits(p, name)).map(([, child]) => child);
  const found = own === undefined ? matching : [own, ...matching];
  if (found.length > 0 || node.additionalProperties === undefined) return found;
  return [node.additionalProperties];
}
