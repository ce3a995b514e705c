import { isValid, type Json, type Schema, type SchemaNode } from '../../schema/index.ts';
import type { Handling } from '../../schema/verdict.ts';
import type { Cause } from './catalogue.ts';
import { conjunction, declaredNames, isDefaulted, itemNodes, memberNodes } from './conjunction.ts';

/** The keyword that turns a witness away, and where in the event it looks. */
export interface Rejection {
  readonly cause: Cause;
  /** The schema that says so. */
  readonly node: SchemaNode;
  readonly keyword: string;
  /** The member that `required` misses. */
  readonly name?: string;
  /** Pointer into the event. */
  readonly pointer: string;
  readonly value: Json | undefined;
}

interface View {
  readonly assertFormats: boolean;
  /** Undeclared members are looked away from and defaults stand in for absent ones. */
  readonly events: boolean;
}

/** Which keyword rejects the event. `undefined` when no single one can be blamed. */
export function findCause(schema: Schema, event: Json, consumer: Handling): Rejection | undefined {
  const view: View = { assertFormats: schema.assertFormats, events: consumer === 'generated' };
  return rejections([schema.root], event, '', view, 0).next().value ?? undefined;
}

/** A schema that leads deeper than this without looking deeper into the event goes in circles. */
const deepest = 64;

function* rejections(
  start: readonly SchemaNode[],
  value: Json,
  pointer: string,
  view: View,
  depth: number,
): Generator<Rejection, undefined> {
  if (depth > deepest) return undefined;
  const nodes = conjunction(start);
  for (const node of nodes) {
    const found = ownRejection(node, nodes, value, view);
    if (found) yield { ...found, node, pointer, value };
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* rejections(itemNodes(nodes, index), item, `${pointer}/${index}`, view, depth + 1);
    }
  } else if (typeof value === 'object' && value !== null) {
    const names = declaredNames(nodes);
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const about = memberNodes(nodes, name);
      if (view.events && !names.has(name) && about.every(({ always }) => always === false)) continue;
      yield* rejections(
        about,
        member,
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        view,
        depth + 1,
      );
    }
  }
  for (const node of nodes) yield* branchRejections(node, value, pointer, view, depth);
  return undefined;
}

type Own = Pick<Rejection, 'cause' | 'keyword' | 'name'>;

function ownRejection(node: SchemaNode, beside: readonly SchemaNode[], value: Json, view: View): Own | undefined {
  if (node.always === false) return { cause: 'closed', keyword: '' };
  const alone = (keyword: keyof SchemaNode): boolean =>
    node[keyword] !== undefined &&
    !isValid({ at: node.at, [keyword]: node[keyword] }, value, { assertFormats: view.assertFormats });
  if (alone('types')) return { cause: 'type', keyword: 'type' };
  if (alone('enum')) return { cause: 'values', keyword: node.enum?.length === 1 ? 'const' : 'enum' };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const missing = node.required?.find(
      (name) => !Object.hasOwn(value, name) && !(view.events && isDefaulted(beside, name)),
    );
    if (missing !== undefined) return { cause: 'required', keyword: 'required', name: missing };
  }
  const limit = limits.find(alone);
  return limit === undefined ? undefined : { cause: 'limit', keyword: limit };
}

const limits = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'propertyNames',
  'dependentRequired',
] as const;

function* branchRejections(
  node: SchemaNode,
  value: Json,
  pointer: string,
  view: View,
  depth: number,
): Generator<Rejection, undefined> {
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = node[keyword];
    if (!branches) continue;
    const causes = branches.map((branch) => [...rejections([branch], value, pointer, view, depth + 1)]);
    if (causes.some((found) => found.length === 0)) continue;
    // The branch that the event was meant for: the one that its type and its constants do not speak against.
    const meant = causes.filter((found) => !found.some((rejection) => isTag(rejection, pointer)));
    const first = meant.length === 1 ? meant[0]?.[0] : undefined;
    yield first ?? { cause: 'alternative', node, keyword, pointer, value };
  }
  const judged = { assertFormats: view.assertFormats };
  if (node.if) {
    const holds = isValid(node.if, value, judged);
    const then = holds ? node.then : node.else;
    if (then) yield* rejections([then], value, pointer, view, depth + 1);
  }
  if (node.not && isValid(node.not, value, judged)) yield { cause: 'other', node, keyword: 'not', pointer, value };
  return undefined;
}

function isTag({ cause, pointer }: Rejection, at: string): boolean {
  return (cause === 'type' && pointer === at) || (cause === 'values' && !pointer.slice(at.length + 1).includes('/'));
}
