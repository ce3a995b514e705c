import type { Json, JsonType, SchemaNode, SchemaPlace } from './ast.ts';
import { matchesPattern } from './patterns.ts';

/** Nodes that no document holds, for what is said about a schema instead of by it. */
export type Draft = { -readonly [K in keyof SchemaNode]: SchemaNode[K] };

export function everything(at: SchemaPlace): SchemaNode {
  return { at, always: true };
}

export function nothing(at: SchemaPlace): SchemaNode {
  return { at, always: false };
}

/** Everything but objects, or but arrays. */
export function without(at: SchemaPlace, kind: 'object' | 'array'): SchemaNode {
  const types: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];
  return { at, types: types.filter((type) => type !== kind) };
}

/** Adds to what has to hold. */
export function demand(draft: Draft, ...nodes: readonly SchemaNode[]): void {
  if (nodes.length > 0) draft.allOf = [...(draft.allOf ?? []), ...nodes];
}

export function allOf(at: SchemaPlace, nodes: readonly SchemaNode[]): SchemaNode {
  const [only, second] = nodes;
  if (only === undefined) return everything(at);
  return second === undefined ? only : { at, allOf: nodes };
}

/** `if`, `then` and `else`; a branch that is not given lets everything pass. */
export function either(at: SchemaPlace, test: SchemaNode, held?: SchemaNode, failed?: SchemaNode): SchemaNode {
  const draft: Draft = { at, if: test };
  for (const [keyword, branch] of [['then', held] as const, ['else', failed] as const]) {
    if (branch !== undefined) draft[keyword] = branch;
  }
  return draft;
}

/** Objects in which the member has one of the values. */
export function hasTag(at: SchemaPlace, property: string, values: readonly Json[]): SchemaNode {
  return { at, types: ['object'], required: [property], properties: new Map([[property, { at, enum: values }]]) };
}

/**
 * A pattern of the names that match all of `matching`, none of `missing`, and are none of `names`. Look-ahead right
 * behind the start is what containment decides exactly.
 */
export function cellPattern(matching: readonly string[], missing: readonly string[], names: readonly string[]): string {
  const isHere = (name: string): boolean =>
    matching.every((pattern) => matchesPattern(pattern, name)) &&
    !missing.some((pattern) => matchesPattern(pattern, name));
  const words = names.filter(isHere).map((name) => name.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&'));
  return [
    '^',
    ...matching.map((pattern) => `(?=[^]*?(?:${pattern}))`),
    ...missing.map((pattern) => `(?![^]*?(?:${pattern}))`),
    ...(words.length > 0 ? [`(?!(?:${words.join('|')})$)`] : []),
  ].join('');
}
