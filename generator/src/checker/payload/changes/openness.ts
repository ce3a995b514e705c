import type { SchemaNode } from '../../../schema/ast.ts';

/** What becomes of a member whose name is not declared: handlers see it, nobody says anything, or it is refused. */
export type Openness = 'open' | 'silent' | 'closed';

export function opennessOf(nodes: readonly SchemaNode[]): Openness {
  // Nothing that stands beside it lets in what it refuses.
  if (nodes.some(({ additionalProperties }) => additionalProperties?.always === false)) return 'closed';
  if (isOpen(nodes)) return 'open';
  return nodes.some(({ unevaluatedProperties }) => unevaluatedProperties?.always === false) ? 'closed' : 'silent';
}

/** Every name is declared here: a map. */
export function isOpen(nodes: readonly SchemaNode[]): boolean {
  return nodes.some((node) => rests(node).some(({ always }) => always !== false));
}

/** A map, or a schema that says nothing at all of members. */
export function takesAnyName(nodes: readonly SchemaNode[]): boolean {
  const openness = opennessOf(nodes);
  return openness === 'open' || (openness === 'silent' && !speaks(nodes));
}

/** Does a schema say which members there are? */
export function speaks(nodes: readonly SchemaNode[]): boolean {
  return nodes.some(
    (node) =>
      (node.properties?.size ?? 0) > 0 ||
      (node.required?.length ?? 0) > 0 ||
      node.additionalProperties?.always === false ||
      node.unevaluatedProperties?.always === false ||
      (node.patternProperties?.size ?? 0) > 0,
  );
}

/** The schemas of values under names that are not declared; empty where any value will do. */
export function restNodes(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
  return nodes.flatMap(rests).filter(({ always }) => always === undefined);
}

function rests({ additionalProperties, unevaluatedProperties }: SchemaNode): readonly SchemaNode[] {
  return [additionalProperties, unevaluatedProperties].filter((schema) => schema !== undefined);
}
