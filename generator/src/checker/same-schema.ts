import type { SchemaNode } from '../schema/ast.ts';

/**
 * Are two schemas the same text, apart from the order of keys and from what stands behind a `$ref`? Where they stand
 * does not count. A yes is a proof that they accept the same; a no proves nothing.
 */
export function sameSchema(a: SchemaNode, b: SchemaNode, annotations: boolean): boolean {
  const known = new Map<SchemaNode, Set<SchemaNode>>();
  return sameNode(a, b);

  function sameNode(left: SchemaNode, right: SchemaNode): boolean {
    const [one, other] = [followed(left), followed(right)];
    if (one === other || known.get(one)?.has(other)) return true;
    // Assumed while its insides are compared: a cycle that meets no difference is the same.
    known.set(one, (known.get(one) ?? new Set()).add(other));
    const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof SchemaNode)[]);
    return [...names].every((name) => {
      if (name === 'at' || (!annotations && name === 'annotations')) return true;
      if (data.includes(name)) return sameJson(one[name], other[name]);
      return sameValue(one[name], other[name], name === 'required' || name === 'types');
    });
  }

  function sameValue(left: unknown, right: unknown, unordered: boolean): boolean {
    if (isNode(left) && isNode(right)) return sameNode(left, right);
    if (left instanceof Map && right instanceof Map) {
      return (
        left.size === right.size &&
        [...left].every(([name, value]) => right.has(name) && sameValue(value, right.get(name), false))
      );
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      if (unordered) return sameJson([...left].sort(), [...right].sort());
      return left.length === right.length && left.every((value, index) => sameValue(value, right[index], false));
    }
    return sameJson(left, right);
  }
}

/** Keywords that hold values of events, which may look like anything, a node included. */
const data: readonly (keyof SchemaNode)[] = ['enum', 'default', 'annotations'];

/** The node that speaks: through references that say nothing beside them. */
function followed(node: SchemaNode): SchemaNode {
  const seen = new Set<SchemaNode>();
  let current = node;
  while (current.ref && !seen.has(current) && Object.keys(current).every((name) => name === 'at' || name === 'ref')) {
    seen.add(current);
    current = current.ref;
  }
  return current;
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && 'at' in value && !Array.isArray(value);
}

/** Values as JSON sees them: order of keys does not count, absent and undefined are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Number.isNaN(a) && Number.isNaN(b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => sameJson(own(left, name), own(right, name)));
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
