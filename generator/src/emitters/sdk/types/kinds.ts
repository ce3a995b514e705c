/**
 * Which kinds of JSON value a place admits, as far as a type can say it. A place that names no `type` and speaks of
 * members is read as an object, one that speaks of items as an array: the standard lets any other value pass there, but
 * a type that says so would be of no use to anybody.
 */
import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { choicesOf, type Place, placeOf } from './conjuncts.ts';

export const kinds = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
export type Kind = (typeof kinds)[number];

export function kindOf(value: Json): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? kind : 'object';
}

/** `undefined`: any kind. `within`: what stands beside this place already narrows it to. */
export function kindsOf(place: Place, within?: ReadonlySet<Kind>, depth = 0): ReadonlySet<Kind> | undefined {
  let admitted = within;
  for (const node of place) {
    if (node.always === false) return new Set();
    const said = saidBy(node);
    if (said !== undefined) admitted = meet(admitted, said);
  }
  // Choices nest; a schema that nests them without end is not worth a better answer than "any".
  if (depth > 8) return admitted;
  for (const choice of choicesOf(place)) {
    let joined: Set<Kind> | undefined = new Set();
    for (const branch of choice) {
      const inner: ReadonlySet<Kind> | undefined = kindsOf(placeOf([branch]), admitted, depth + 1);
      joined = inner === undefined || joined === undefined ? undefined : new Set([...joined, ...inner]);
    }
    if (joined !== undefined) admitted = meet(admitted, joined);
  }
  return admitted ?? impliedBy(place);
}

function saidBy(node: SchemaNode): ReadonlySet<Kind> | undefined {
  const typed = node.types?.map((type): Kind => (type === 'integer' ? 'number' : type));
  const listed = node.enum?.map(kindOf);
  if (typed === undefined) return listed && new Set(listed);
  return meet(listed && new Set(listed), new Set(typed));
}

function meet(a: ReadonlySet<Kind> | undefined, b: ReadonlySet<Kind>): ReadonlySet<Kind> {
  return a === undefined ? b : new Set([...a].filter((kind) => b.has(kind)));
}

function impliedBy(place: Place): ReadonlySet<Kind> | undefined {
  const implied = new Set<Kind>();
  if (place.some(speaksOfMembers)) implied.add('object');
  if (place.some(speaksOfItems)) implied.add('array');
  return implied.size > 0 ? implied : undefined;
}

function speaksOfMembers(node: SchemaNode): boolean {
  return (
    node.properties !== undefined ||
    node.patternProperties !== undefined ||
    node.additionalProperties !== undefined ||
    node.unevaluatedProperties !== undefined ||
    node.required !== undefined
  );
}

function speaksOfItems(node: SchemaNode): boolean {
  return node.items !== undefined || node.prefixItems !== undefined || node.contains !== undefined;
}
