import type { SchemaNode } from './ast.ts';

/** Subschemas that are applied to the same value as the node itself. */
export function* inPlace(node: SchemaNode): Generator<SchemaNode> {
  if (node.ref !== undefined) yield node.ref;
  yield* node.allOf ?? [];
  yield* node.anyOf ?? [];
  yield* node.oneOf ?? [];
  if (node.not !== undefined) yield node.not;
  if (node.if !== undefined) yield node.if;
  if (node.then !== undefined) yield node.then;
  if (node.else !== undefined) yield node.else;
  yield* node.dependentSchemas?.values() ?? [];
}

/** Subschemas that are applied to a member, an item or a name of the node's value. */
export function* inside(node: SchemaNode): Generator<SchemaNode> {
  yield* node.prefixItems ?? [];
  if (node.items !== undefined) yield node.items;
  if (node.contains !== undefined) yield node.contains;
  if (node.unevaluatedItems !== undefined) yield node.unevaluatedItems;
  yield* node.properties?.values() ?? [];
  yield* node.patternProperties?.values() ?? [];
  if (node.additionalProperties !== undefined) yield node.additionalProperties;
  if (node.propertyNames !== undefined) yield node.propertyNames;
  if (node.unevaluatedProperties !== undefined) yield node.unevaluatedProperties;
}

/**
 * A node that is applied to a value because it is applied to that same value (`{allOf: [{$ref: '#'}]}`). The standard
 * leaves this undefined and validators loop on it, so it is refused; that also makes every walk over a value end.
 */
export function endlessReference(root: SchemaNode): SchemaNode | undefined {
  const state = new Map<SchemaNode, 'open' | 'done'>();
  const waiting: SchemaNode[] = [root];
  const seen = new Set<SchemaNode>(waiting);
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    const path: { node: SchemaNode; next: Iterator<SchemaNode> }[] = [];
    const enter = (node: SchemaNode): void => {
      state.set(node, 'open');
      path.push({ node, next: inPlace(node) });
      for (const child of inside(node)) {
        if (seen.has(child)) continue;
        seen.add(child);
        waiting.push(child);
      }
    };
    if (!state.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.next.next();
      if (step.done === true) {
        state.set(top.node, 'done');
        path.pop();
      } else if (state.get(step.value) === 'open') {
        return step.value;
      } else if (!state.has(step.value)) {
        enter(step.value);
      }
    }
  }
  return undefined;
}
