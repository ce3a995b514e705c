import type { Schema, SchemaNode } from '../../schema/ast.ts';

/** Everything that must hold at one place: the nodes, and what they reach through `$ref` and `allOf`. */
export function conjunction(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
  const all = new Set<SchemaNode>();
  const add = (node: SchemaNode): void => {
    if (all.has(node)) return;
    all.add(node);
    if (node.ref) add(node.ref);
    for (const part of node.allOf ?? []) add(part);
  };
  nodes.forEach(add);
  return [...all];
}

/** What these nodes say about a member; empty when they do not name it. */
export function memberNodes(nodes: readonly SchemaNode[], name: string): readonly SchemaNode[] {
  return nodes.flatMap((node) => {
    const named = node.properties?.get(name);
    const matched = [...(node.patternProperties ?? [])]
      .filter(([pattern]) => matches(pattern, name))
      .map(([, schema]) => schema);
    const found = named ? [named, ...matched] : matched;
    return found.length > 0 || !node.additionalProperties ? found : [node.additionalProperties];
  });
}

export function itemNodes(nodes: readonly SchemaNode[], index: number): readonly SchemaNode[] {
  return nodes.flatMap((node) => node.prefixItems?.[index] ?? node.items ?? []);
}

export function declaredNames(nodes: readonly SchemaNode[]): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => [...(node.properties?.keys() ?? [])]));
}

/** Does a default stand in for the member when it is absent? */
export function isDefaulted(nodes: readonly SchemaNode[], name: string): boolean {
  return nodes.some((node) =>
    conjunction([...(node.properties?.has(name) ? memberNodes([node], name) : [])]).some(
      (member) => member.default !== undefined,
    ),
  );
}

export function isRequired(nodes: readonly SchemaNode[], name: string): boolean {
  return nodes.some((node) => node.required?.includes(name));
}

/** What a schema says about one place of an event. */
export function nodesAt(schema: Schema, pointer: string): readonly SchemaNode[] {
  let nodes = conjunction([schema.root]);
  for (const raw of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const token = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const inside = memberNodes(nodes, token);
    nodes = conjunction(inside.length > 0 || !/^\d+$/.test(token) ? inside : itemNodes(nodes, Number(token)));
  }
  return nodes;
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}
