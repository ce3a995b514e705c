import type { Schema, SchemaNode } from './ast.ts';

/** A keyword of a node, or one name of its `required`. */
export interface Demanded {
  readonly node: SchemaNode;
  /** As people write it; none where the node rejects everything. */
  readonly keyword: string;
  readonly name?: string;
}

/**
 * The schema without one of its demands, to ask what else it rejects. Its raw documents stay what they were: whoever
 * judges by them judges the schema itself.
 */
export function weakened(schema: Schema, demanded: Demanded): Schema {
  const copies = new Map<SchemaNode, SchemaNode>();
  const copy = (node: SchemaNode): SchemaNode => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const made: Record<string, unknown> = {};
    copies.set(node, made as unknown as SchemaNode);
    const kept = node === demanded.node ? without(node, demanded) : node;
    for (const [key, value] of Object.entries(kept)) made[key] = holdsNodes.has(key) ? inside(value, copy) : value;
    return made as unknown as SchemaNode;
  };
  return { ...schema, root: copy(schema.root) };
}

function inside(value: unknown, copy: (node: SchemaNode) => SchemaNode): unknown {
  if (value instanceof Map) return new Map([...value].map(([name, node]) => [name, copy(node)]));
  return Array.isArray(value) ? value.map(copy) : copy(value as SchemaNode);
}

function without(node: SchemaNode, { keyword, name }: Demanded): SchemaNode {
  const { at } = node;
  if (keyword === 'required' && name !== undefined) {
    return { ...node, required: node.required?.filter((each) => each !== name) ?? [] };
  }
  const key = keyword === 'type' ? 'types' : keyword === 'const' ? 'enum' : keyword;
  if (!Object.hasOwn(node, key)) return { at, always: true };
  const { [key as keyof SchemaNode]: _, ...rest } = node;
  return { ...rest, at };
}

const holdsNodes: ReadonlySet<string> = new Set<keyof SchemaNode>([
  'prefixItems',
  'items',
  'contains',
  'unevaluatedItems',
  'properties',
  'patternProperties',
  'additionalProperties',
  'propertyNames',
  'dependentSchemas',
  'unevaluatedProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'ref',
]);
