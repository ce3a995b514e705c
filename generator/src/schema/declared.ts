import type { SchemaNode } from './ast.ts';
import { isRecord } from './json.ts';
import type { Unfolded } from './standing.ts';

/** What a subschema says of which members there are. */
export function* namesOf(node: SchemaNode): Generator<string> {
  yield* node.properties?.keys() ?? [];
  yield* node.required ?? [];
  for (const [name, others] of node.dependentRequired ?? []) yield* [name, ...others];
  yield* node.dependentSchemas?.keys() ?? [];
  for (const value of node.enum ?? []) if (isRecord(value)) yield* Object.keys(value);
}

/** Whether, of what stands here, something beside or every alternative of a group says which members there are. */
export function speaks(unfolded: Unfolded): boolean {
  return (
    [...unfolded.must.keys()].some(isSpeaker) ||
    unfolded.groups.some((group) => group.every((nodes) => nodes.some(isSpeaker)))
  );
}

function isSpeaker(node: SchemaNode): boolean {
  const filled = [node.properties, node.patternProperties, node.dependentRequired, node.dependentSchemas];
  const rest = [node.additionalProperties, node.unevaluatedProperties];
  return (
    filled.some((map) => map !== undefined && map.size > 0) ||
    (node.required?.length ?? 0) > 0 ||
    node.enum?.some(isRecord) === true ||
    rest.some((part) => part !== undefined && isNever(part))
  );
}

/** `false`, also behind references. */
export function isNever(node: SchemaNode): boolean {
  return node.always === false || [node.ref, ...(node.allOf ?? [])].some((part) => part !== undefined && isNever(part));
}
