import type { SchemaNode } from '../schema/ast.ts';

/** Every subschema once, through references. */
export function everyNode(root: SchemaNode): ReadonlySet<SchemaNode> {
  const found = new Set<SchemaNode>([root]);
  for (const node of found) {
    for (const [keyword, value] of Object.entries(node)) {
      // Values of events may look like anything, a schema included.
      if (keyword === 'enum' || keyword === 'default' || keyword === 'annotations') continue;
      const inside: unknown[] = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [value];
      for (const candidate of inside) if (isNode(candidate)) found.add(candidate);
    }
  }
  return found;
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && 'at' in value;
}
