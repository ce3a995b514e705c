import type { SchemaNode } from '../../../schema/ast.ts';
import { memberText } from './source-text.ts';
import { anyOf } from './value-tests.ts';

/**
 * For `unevaluatedProperties` and `unevaluatedItems`: expressions that tell whether another keyword took charge of the
 * member `k` (value `m`) or the item `i` (value `m`) of `v`, through everything that is applied to the same value and held.
 */
export interface CoverageContext {
  holds(node: SchemaNode, value: string, fresh?: boolean): string;
  matchesName(pattern: string, key: string): string;
  isNamed(names: readonly string[], key: string): string;
}

/** `own`: the node whose unevaluated members are asked for; its own `unevaluatedProperties` covers nothing. */
export function coverage(node: SchemaNode, context: CoverageContext, own = false): string {
  if (node.additionalProperties !== undefined || (!own && node.unevaluatedProperties !== undefined)) return 'true';
  const names = [...(node.properties?.keys() ?? [])];
  return anyOf([
    ...(names.length === 0 ? [] : [context.isNamed(names, 'k')]),
    ...[...(node.patternProperties?.keys() ?? [])].map((pattern) => context.matchesName(pattern, 'k')),
    ...throughApplied(node, context, (part) => coverage(part, context)),
  ]);
}

export function coveredItem(node: SchemaNode, context: CoverageContext, own = false): string {
  if (node.items !== undefined || (!own && node.unevaluatedItems !== undefined)) return 'true';
  return anyOf([
    ...(node.prefixItems === undefined ? [] : [`i < ${node.prefixItems.length}`]),
    ...(node.contains !== undefined && node.containsEvaluates === true ? [context.holds(node.contains, 'm')] : []),
    ...throughApplied(node, context, (part) => coveredItem(part, context)),
  ]);
}

function throughApplied(node: SchemaNode, context: CoverageContext, cover: (part: SchemaNode) => string): string[] {
  const when = (condition: string, part: SchemaNode): string => both(condition, cover(part));
  const covers = [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])].map(cover);
  for (const branch of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) {
    covers.push(when(context.holds(branch, 'v'), branch));
  }
  if (node.if !== undefined) {
    const condition = context.holds(node.if, 'v');
    covers.push(when(condition, node.if));
    if (node.then !== undefined) covers.push(when(condition, node.then));
    if (node.else !== undefined) covers.push(when(condition === 'true' ? 'false' : `!(${condition})`, node.else));
  }
  for (const [name, dependent] of node.dependentSchemas ?? []) {
    covers.push(when(`$v.isObject(v) && ${memberText('v', name)} !== undefined`, dependent));
  }
  return covers;
}

function both(condition: string, covered: string): string {
  if (covered === 'false' || condition === 'false') return 'false';
  if (condition === 'true') return covered;
  return covered === 'true' ? `(${condition})` : `(${condition} && ${covered})`;
}
