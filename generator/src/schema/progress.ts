import type { SchemaNode } from './ast.ts';

const nobody: readonly SchemaNode[] = [];

/** Subschemas that are applied to the same value as the node itself. */
export function inPlace(node: SchemaNode): readonly SchemaNode[] {
  const { ref, allOf, anyOf, oneOf, not, if: condition, dependentSchemas } = node;
  const lists = allOf ?? anyOf ?? oneOf ?? dependentSchemas;
  if ((ref ?? not ?? condition ?? node.then ?? node.else ?? lists) === undefined) return nobody;
  const single = [ref, not, condition, node.then, node.else].filter((part) => part !== undefined);
  return [...single, ...(allOf ?? []), ...(anyOf ?? []), ...(oneOf ?? []), ...(dependentSchemas?.values() ?? [])];
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
 * of more than 500 references to one value is refused too. `nodes` are all of a schema.
 */
export function noProgress(nodes: Iterable<SchemaNode>): NoProgress | undefined {
  /** Steps below a node that is done. */
  const steps = new Map<SchemaNode, number | 'open'>();
  for (const start of nodes) {
    if (inPlace(start).length === 0) continue;
    const path: { node: SchemaNode; parts: readonly SchemaNode[]; next: number; below: number }[] = [];
    const enter = (node: SchemaNode): void => {
      steps.set(node, 'open');
      path.push({ node, parts: inPlace(node), next: 0, below: 0 });
    };
    if (!steps.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const part = top.parts[top.next++];
      if (part === undefined) {
        steps.set(top.node, top.below);
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) above.below = Math.max(above.below, top.below + 1);
        if (top.below > maxSteps) return { node: top.node, why: 'too-long' };
        continue;
      }
      const known = steps.get(part);
      if (known === 'open') return { node: part, why: 'endless' };
      if (known === undefined) enter(part);
      else top.below = Math.max(top.below, known + 1);
    }
  }
  return undefined;
}
