import type { SchemaNode } from './ast.ts';

/** They look at the value itself, and lead to no other subschema. */
export const scalarKeywords = [
  'types',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'exact',
  'minLength',
  'maxLength',
  'pattern',
  'format',
] as const;
export const countKeywords = ['minItems', 'maxItems'] as const;
export const containsKeywords = ['minContains', 'maxContains', 'containsEvaluates'] as const;
export const itemKeywords = [
  'prefixItems',
  'items',
  'uniqueItems',
  'contains',
  ...containsKeywords,
  'unevaluatedItems',
] as const;
export const memberKeywords = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'propertyNames',
  'required',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'unevaluatedProperties',
] as const;

/** The node's own of these keywords. */
export function pick(node: SchemaNode, keywords: readonly (keyof SchemaNode)[]): Partial<SchemaNode> {
  return Object.fromEntries(keywords.flatMap((keyword) => (keyword in node ? [[keyword, node[keyword]]] : [])));
}
