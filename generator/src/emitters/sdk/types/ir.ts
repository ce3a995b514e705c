/** TypeScript types before they have names: a graph, since schemas may refer to themselves. */
import type { Kind } from './kinds.ts';

export type Type =
  /** Text of a type that needs no name: `string`, `unknown`, `never`. */
  | { readonly kind: 'atom'; readonly text: string }
  /** Texts of literal types. */
  | { readonly kind: 'literals'; readonly texts: readonly string[] }
  | { readonly kind: 'array'; readonly item: Type }
  | { readonly kind: 'tuple'; readonly items: readonly Type[]; readonly needed: number; readonly rest?: Type }
  | { readonly kind: 'object'; readonly members: readonly Member[]; readonly index?: Type }
  | { readonly kind: 'union'; readonly of: readonly Type[] }
  | { readonly kind: 'intersection'; readonly of: readonly Type[] }
  | { readonly kind: 'brand'; readonly of: Type; readonly brand: string }
  | { readonly kind: 'place'; readonly place: TypedPlace };

export interface Member {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
  readonly doc: Doc;
}

/** What a schema says to people about one of its places. */
export interface Doc {
  readonly title?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
}

/**
 * How defaults are seen. `seen`: filled in, as a handler gets the event. `sent`: may be left out, as a producer writes
 * it. `plain`: neither, where filling does not reach (an untagged choice).
 */
export type View = 'seen' | 'sent' | 'plain';

/** A place that may become a named type; one per place and view. */
export interface TypedPlace {
  /** The same for all views of one place. */
  readonly id: number;
  readonly view: View;
  readonly doc: Doc;
  /** A name that the schema itself gives: brand, definition, title. */
  readonly given?: string;
  /** Reached by a reference: worth a name even when it is no object. */
  readonly shared: boolean;
  /** Set once built; before that, a place that is met again refers to itself. */
  type?: Type;
}

export const unknown: Type = { kind: 'atom', text: 'unknown' };
export const never: Type = { kind: 'atom', text: 'never' };

export function isAtom(type: Type, text: string): boolean {
  return type.kind === 'atom' && type.text === text;
}

/** Flat, without repetition; `unknown` swallows the rest, `never` vanishes, a literal vanishes beside its own kind. */
export function union(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.of : [type]));
  if (flat.some((type) => isAtom(type, 'unknown'))) return unknown;
  const atoms = new Set<string>();
  for (const type of flat) if (type.kind === 'atom') atoms.add(type.text);
  atoms.delete('never');
  const literals = new Set<string>();
  for (const type of flat) if (type.kind === 'literals') for (const text of type.texts) literals.add(text);
  for (const text of literals) if (atoms.has(kindOfLiteral(text))) literals.delete(text);
  if (literals.has('true') && literals.has('false')) {
    literals.delete('true');
    literals.delete('false');
    atoms.add('boolean');
  }
  const others = [...new Set(flat.filter((type) => type.kind !== 'atom' && type.kind !== 'literals'))];
  const last = [...atoms].filter((text) => text === 'null').map((text): Type => ({ kind: 'atom', text }));
  const members: Type[] = [...others];
  if (literals.size > 0) members.push({ kind: 'literals', texts: [...literals] });
  for (const text of atoms) if (text !== 'null') members.push({ kind: 'atom', text });
  members.push(...last);
  const [first, ...rest] = members;
  if (first === undefined) return never;
  return rest.length === 0 ? first : { kind: 'union', of: members };
}

export function kindOfLiteral(text: string): Kind {
  if (text.startsWith("'") || text.startsWith('"')) return 'string';
  if (text === 'true' || text === 'false') return 'boolean';
  if (text === 'null') return 'null';
  return text.startsWith('{') ? 'object' : text.startsWith('readonly [') ? 'array' : 'number';
}

/**
 * Refers to itself without an object on the way, as arrays of arrays do. The compiler unfolds a type that is computed
 * from such a one without end; from objects it stops at the members until they are asked for.
 */
export function returnsTo(place: TypedPlace): boolean {
  const seen = new Set<TypedPlace>();
  const pending = place.type === undefined ? [] : [place.type];
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    if (type.kind === 'place') {
      if (type.place === place) return true;
      if (type.place.type !== undefined && !seen.has(type.place)) pending.push(type.place.type);
      seen.add(type.place);
    } else if (type.kind === 'array') pending.push(type.item);
    else if (type.kind === 'brand') pending.push(type.of);
    else if (type.kind === 'union' || type.kind === 'intersection') pending.push(...type.of);
    else if (type.kind === 'tuple') pending.push(...type.items, ...(type.rest === undefined ? [] : [type.rest]));
  }
  return false;
}
