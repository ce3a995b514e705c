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

/** Longest way from a node to one that is applied to the same value; what follows recurses as deep as that. */
const maxSteps = 500;

/** Why no walk over a value with this schema may be started, and the node to blame. */
export interface NoProgress {
  readonly node: SchemaNode;
  readonly why: 'endless' | 'too-long';
}

/**
 * A node that is applied to a value because it is applied to that same value (`{allOf: [{$ref: '#'}]}`). The standard
 * leaves this undefined and validators loop on it, so it is refused; that also makes every walk over a value end. A way
 * of more than 500 references to one value is refused too.
 */
export function noProgress(root: SchemaNode): NoProgress | undefined {
  /** Steps below a node that is done. */
  const steps = new Map<SchemaNode, number | 'open'>();
  const waiting: SchemaNode[] = [root];
  const seen = new Set<SchemaNode>(waiting);
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    const path: { node: SchemaNode; next: Iterator<SchemaNode>; below: number }[] = [];
    const enter = (node: SchemaNode): void => {
      steps.set(node, 'open');
      path.push({ node, next: inPlace(node), below: 0 });
      for (const child of inside(node)) {
        if (seen.has(child)) continue;
        seen.add(child);
        waiting.push(child);
      }
    };
    if (!steps.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = top.next.next();
      if (child.done === true) {
        steps.set(top.node, top.below);
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) above.below = Math.max(above.below, top.below + 1);
        if (top.below > maxSteps) return { node: top.node, why: 'too-long' };
        continue;
      }
      const known = steps.get(child.value);
      if (known === 'open') return { node: child.value, why: 'endless' };
      if (known === undefined) enter(child.value);
      else top.below = Math.max(top.below, known + 1);
    }
  }
  return undefined;
}
