import type { Json, SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { defaultsOf, sameValue } from './default-of-member.ts';
import { byCodeUnit } from './json.ts';

/** The property that tells alternatives apart, and which of its values mean each of them. */
export interface Tag {
  readonly property: string;
  readonly values: readonly (readonly Json[])[];
}

/** `closures` are the nodes that hold with each of the alternatives, `beside` those that hold with all. */
export function findTag(closures: readonly (readonly SchemaNode[])[], beside: readonly SchemaNode[]): Tag | undefined {
  const candidates = new Set(closures[0]?.flatMap((nodes) => [...(nodes.properties?.keys() ?? [])]));
  for (const property of [...candidates].sort(byCodeUnit)) {
    const values = closures.map((nodes) => {
      spend();
      const required = [...beside, ...nodes].some((node) => node.required?.includes(property) === true);
      return required ? scalarsOf(nodes, property) : undefined;
    });
    const told = values.filter((list) => list !== undefined);
    const texts = told.flatMap((list) => list.map((value) => JSON.stringify(value)));
    if (told.length < values.length || new Set(texts).size < texts.length) continue;
    if (closures.some((nodes) => defaultsOf([...beside, ...nodes].map((node) => [node, 0])).has(property))) continue;
    return { property, values: told };
  }
  return undefined;
}

/** The scalars that `const` or `enum` leave for a member; undefined when they leave more than scalars, or nothing says. */
function scalarsOf(nodes: readonly SchemaNode[], property: string): readonly Json[] | undefined {
  let left: Map<string, Json> | undefined;
  for (const node of nodes) {
    const member = node.properties?.get(property);
    for (const [part] of member === undefined ? [] : sameValue(member)) {
      if (part.enum === undefined) continue;
      const own = new Map(part.enum.map((value) => [JSON.stringify(value), value]));
      left = left === undefined ? own : new Map([...left].filter(([text]) => own.has(text)));
    }
  }
  const values = left === undefined ? [] : [...left.values()];
  const scalar = values.every((value) => typeof value !== 'object' || value === null);
  return left !== undefined && scalar ? values : undefined;
}
