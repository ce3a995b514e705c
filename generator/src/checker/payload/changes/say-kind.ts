import type { Json, SchemaNode } from '../../../schema/ast.ts';
import { listed } from '../../quantities.ts';
import { shown } from '../../schema-text.ts';
import { declaredNames, isRequired, itemNodes } from '../conjunction.ts';
import { type Place, placeOf } from './place.ts';

/** How many names or values a line lists before it stops. */
const most = 6;

/** What may stand at a place, in words: `string`, `integer or null`, `one of \`web\`, \`app\``, `array of string`. */
export function sayKind(place: Place, depth = 0): string {
  const { types, values, nodes, unions } = place;
  if (types?.length === 0) return 'nothing';
  if (values) return sayValues(values);
  if (unions.length > 0 && types === undefined) return `one of ${unions[0]?.branches.length} alternatives`;
  if (types === undefined) return 'any type';
  const kinds = types.map((type) => {
    if (type === 'array') return sayArray(nodes, depth);
    return type === 'object' && depth === 0 ? sayObject(nodes) : type;
  });
  return listed(kinds).replace(/ and (?!.* and )/, ' or ');
}

function sayArray(nodes: readonly SchemaNode[], depth: number): string {
  const items = placeOf(itemNodes(nodes, 0));
  const isTuple = nodes.some(({ prefixItems }) => prefixItems !== undefined);
  return isTuple || depth > 1 || items.nodes.length === 0 ? 'array' : `array of ${sayKind(items, depth + 1)}`;
}

function sayObject(nodes: readonly SchemaNode[]): string {
  const names = [...declaredNames(nodes)].sort();
  if (names.length === 0) return 'object';
  const members = names.slice(0, most).map((name) => (isRequired(nodes, name) ? name : `${name}?`));
  return `object { ${members.join(', ')}${names.length > most ? ', …' : ''} }`;
}

/** `\`web\`` · `one of \`web\`, \`app\`` */
export function sayValues(values: readonly Json[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return shown(only);
  return `one of ${someOf(values.map(shown))}`;
}

/** A list that is cut where it is long: `a, b, c and 12 more`. */
export function someOf(items: readonly string[]): string {
  if (items.length <= most + 1) return items.join(', ');
  return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
}
