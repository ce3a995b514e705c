import type { Json, SchemaNode } from '../schema/ast.ts';

/**
 * What a payload schema promises about a JSON pointer: is the place declared, and can an event be valid without it.
 * Answers lean to the careful side: what `required`, `minItems` and `type` do not exclude may happen.
 */
export type PointerAnswer =
  | {
      readonly declared: true;
      /** The schema of the value; synthetic where several apply. */
      readonly node: SchemaNode;
      /** Why the value may be missing, one clause; absent when every valid event has it. */
      readonly absent?: string;
      readonly nullable: boolean;
    }
  | {
      readonly declared: false;
      /** The first part of the pointer that leads nowhere. */
      readonly missing: string;
      /** Names that are declared in its place, sorted. */
      readonly instead: readonly string[];
    };

/** `filled`: whether defaults stand in for what is absent, as generated producers see to and hand-written ones do not. */
export function askSchema(root: SchemaNode, pointer: string, filled = true): PointerAnswer {
  let node = root;
  let reached = '';
  let absent: string | undefined;
  for (const raw of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const token = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const child = childOf(node, token, new Set());
    const parent = reached;
    reached += `/${raw}`;
    if (child === undefined)
      return { declared: false, missing: reached, instead: [...namesOf(node, new Set())].sort() };
    absent ??= whyAbsent({ parent: node, token, at: parent, reached, filled });
    node = child;
  }
  const nullable = admits(node, 'null', new Set());
  return { declared: true, node, nullable, ...(absent === undefined ? {} : { absent }) };
}

interface Step {
  readonly parent: SchemaNode;
  readonly token: string;
  readonly at: string;
  readonly reached: string;
  readonly filled: boolean;
}

function whyAbsent({ parent, token, at, reached, filled }: Step): string | undefined {
  const place = at === '' ? 'the payload' : `\`${at}\``;
  const isArray = admits(parent, 'array', new Set()) && !admits(parent, 'object', new Set());
  for (const type of ['null', 'boolean', 'number', 'string', isArray ? 'object' : 'array'] as const) {
    if (admits(parent, type, new Set())) return `${place} is not held to \`type: ${isArray ? 'array' : 'object'}\``;
  }
  if (isArray) {
    return leastItems(parent, new Set()) > Number(token) ? undefined : `${place} may hold fewer items`;
  }
  return demands(parent, token, filled, new Set()) ? undefined : `\`${reached}\` is optional`;
}

/** Every subschema that speaks about the member, as one node; `undefined` when none does. */
function childOf(node: SchemaNode, token: string, seen: Set<SchemaNode>): SchemaNode | undefined {
  if (seen.has(node)) return undefined;
  const inside = new Set(seen).add(node);
  const all: SchemaNode[] = [];
  const named = node.properties?.get(token);
  if (named) all.push(named);
  for (const [pattern, schema] of node.patternProperties ?? []) if (matches(pattern, token)) all.push(schema);
  if (all.length === 0 && node.additionalProperties && node.additionalProperties.always === undefined) {
    all.push(node.additionalProperties);
  }
  if (/^(0|[1-9]\d*)$/.test(token)) {
    const item = node.prefixItems?.[Number(token)] ?? node.items;
    if (item && item.always !== false) all.push(item);
  }
  for (const part of [...(node.ref ? [node.ref] : []), ...(node.allOf ?? [])]) {
    const child = childOf(part, token, inside);
    if (child) all.push(child);
  }
  for (const branches of [node.anyOf, node.oneOf, branchesOfIf(node)]) {
    const children = (branches ?? []).map((branch) => childOf(branch, token, inside));
    if (children.some((child) => child !== undefined)) {
      all.push({ at: node.at, anyOf: children.map((child) => child ?? { at: node.at }) });
    }
  }
  return all.length < 2 ? all[0] : { at: all[0]?.at ?? node.at, allOf: all };
}

function branchesOfIf(node: SchemaNode): readonly SchemaNode[] | undefined {
  if (!node.if) return undefined;
  return [node.then ?? { at: node.at }, node.else ?? { at: node.at }];
}

/** Does every valid object have the member? */
function demands(node: SchemaNode, name: string, filled: boolean, seen: Set<SchemaNode>): boolean {
  if (seen.has(node)) return false;
  const inside = new Set(seen).add(node);
  if (node.always === false || node.required?.includes(name)) return true;
  if (filled && node.properties?.get(name)?.default) return true;
  const every = (branches: readonly SchemaNode[] | undefined): boolean =>
    branches?.every((branch) => demands(branch, name, filled, inside)) ?? false;
  if (node.ref && demands(node.ref, name, filled, inside)) return true;
  if (node.allOf?.some((part) => demands(part, name, filled, inside))) return true;
  return every(node.anyOf) || every(node.oneOf) || every(branchesOfIf(node));
}

function leastItems(node: SchemaNode, seen: Set<SchemaNode>): number {
  if (seen.has(node)) return 0;
  const inside = new Set(seen).add(node);
  const least = (branches: readonly SchemaNode[] | undefined): number =>
    branches ? Math.min(...branches.map((branch) => leastItems(branch, inside))) : 0;
  return Math.max(
    node.minItems ?? 0,
    ...[...(node.ref ? [node.ref] : []), ...(node.allOf ?? [])].map((part) => leastItems(part, inside)),
    least(node.anyOf),
    least(node.oneOf),
  );
}

type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** May a value of this kind be valid? True unless `type`, `enum` or `const` say no. */
export function admits(node: SchemaNode, kind: Kind, seen: Set<SchemaNode> = new Set()): boolean {
  if (seen.has(node)) return true;
  if (node.always === false) return false;
  if (node.types && !node.types.some((type) => (type === 'integer' ? 'number' : type) === kind)) return false;
  if (node.enum && !node.enum.some((value) => kindOf(value) === kind)) return false;
  if (!(node.ref || node.allOf || node.anyOf || node.oneOf)) return true;
  const inside = new Set(seen).add(node);
  if (node.ref && !admits(node.ref, kind, inside)) return false;
  if (node.allOf?.some((part) => !admits(part, kind, inside))) return false;
  for (const branches of [node.anyOf, node.oneOf]) {
    if (branches && !branches.some((branch) => admits(branch, kind, inside))) return false;
  }
  return true;
}

function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'object' ? 'object' : (type as 'boolean' | 'number' | 'string');
}

/** The values that `enum` or `const` leave, `undefined` when they are not counted out. */
export function finiteValues(node: SchemaNode, seen: Set<SchemaNode> = new Set()): number | undefined {
  if (seen.has(node)) return undefined;
  const inside = new Set(seen).add(node);
  const counts: (number | undefined)[] = [];
  if (node.enum) counts.push(node.enum.length);
  if (node.types?.length === 1 && node.types[0] === 'boolean') counts.push(2);
  for (const part of [...(node.ref ? [node.ref] : []), ...(node.allOf ?? [])]) counts.push(finiteValues(part, inside));
  const known = counts.filter((amount) => amount !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function namesOf(node: SchemaNode, seen: Set<SchemaNode>): Set<string> {
  const names = new Set(node.properties?.keys() ?? []);
  if (seen.has(node)) return names;
  const inside = new Set(seen).add(node);
  const parts = [node.ref, node.then, node.else, ...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  for (const part of parts) if (part) for (const name of namesOf(part, inside)) names.add(name);
  return names;
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return false;
  }
}
