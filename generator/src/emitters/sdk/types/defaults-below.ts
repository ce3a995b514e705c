import type { SchemaNode } from '../../../schema/ast.ts';

/** The nodes from which a `default` can be reached: only there do the views of an event differ. */
export function defaultsBelow(root: SchemaNode): ReadonlySet<SchemaNode> {
  const above = new Map<SchemaNode, SchemaNode[]>([[root, []]]);
  const pending = [root];
  const found: SchemaNode[] = [];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.default !== undefined) found.push(node);
    for (const child of childrenOf(node)) {
      const parents = above.get(child);
      if (parents === undefined) {
        above.set(child, [node]);
        pending.push(child);
      } else parents.push(node);
    }
  }
  const reaching = new Set<SchemaNode>();
  for (let node = found.pop(); node !== undefined; node = found.pop()) {
    if (reaching.has(node)) continue;
    reaching.add(node);
    found.push(...(above.get(node) ?? []));
  }
  return reaching;
}

function childrenOf(node: SchemaNode): readonly SchemaNode[] {
  return [
    node.ref,
    node.items,
    node.additionalProperties,
    node.unevaluatedProperties,
    ...(node.prefixItems ?? []),
    ...(node.properties?.values() ?? []),
    ...(node.patternProperties?.values() ?? []),
    ...(node.allOf ?? []),
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
  ].filter((child) => child !== undefined);
}
