/**
 * Gives names to the types of one file: interfaces always, other types where a definition is shared or refers to itself.
 * Names come from the schema (brand, definition, title), else from the way that leads there. Two places with the same
 * given name and the same shape are one type.
 */
import type { Type, TypedPlace, View } from './ir.ts';

export interface NamedType {
  readonly name: string;
  readonly place: TypedPlace;
}

export interface RootType {
  readonly name: string;
  readonly type: Type;
}

export interface NamedTypes {
  /** In the order in which they are met from the roots. */
  readonly named: readonly NamedType[];
  /** The name of a place that has one. */
  nameOf(place: TypedPlace): string | undefined;
}

const suffixes: Readonly<Record<View, string>> = { seen: '', sent: 'Input', plain: 'Unfilled' };
/** Types without a name that are nested deeper than this get one. */
const mostInline = 12;

interface Visit {
  readonly type: Type;
  readonly parent: string;
  readonly hint: string;
}

/** `taken`: names that other declarations of the file, and the language, already use. */
export function nameTypes(roots: readonly RootType[], taken: ReadonlySet<string>): NamedTypes {
  const used = new Set([...taken, ...roots.map((root) => root.name)]);
  const shapes = new Shapes();
  const names = new Map<string, string>();
  const families = new Map<number, string>();
  const named: NamedType[] = [];
  const queue: Visit[] = [];

  const claim = (candidates: readonly string[]): string => {
    const free = candidates.find((candidate) => !used.has(candidate));
    const last = candidates.at(-1) ?? 'Type';
    let name = free ?? last;
    for (let n = 2; free === undefined && used.has(name); n += 1) name = `${last}${n}`;
    used.add(name);
    return name;
  };

  const nameFor = (place: TypedPlace, parent: string, hint: string): string => {
    const family = families.get(place.id);
    if (family !== undefined) return claim([`${family}${suffixes[place.view]}`]);
    const given = place.given === undefined ? undefined : typeName(place.given);
    const byWay = `${parent}${hint}`.slice(0, 80);
    const name = claim(given === undefined ? [byWay] : [given, `${parent}${given}`]);
    families.set(place.id, name);
    return name;
  };

  /** Walks types without a name in place, and queues the inside of those with one. */
  const walk = (type: Type, parent: string, hint: string, depth: number, open: ReadonlySet<TypedPlace>): void => {
    if (type.kind === 'place') {
      const { place } = type;
      const key = shapes.identityOf(place);
      if (names.has(key) || place.type === undefined) return;
      if (open.has(place) || depth > mostInline || deservesName(place)) {
        const name = nameFor(place, parent, hint);
        names.set(key, name);
        named.push({ name, place });
        queue.push({ type: place.type, parent: name, hint: '' });
      } else {
        walk(place.type, parent, hint, depth + 1, new Set([...open, place]));
      }
      return;
    }
    const inside = (inner: Type, step: string): void => walk(inner, parent, `${hint}${step}`, depth + 1, open);
    if (type.kind === 'array') walk(type.item, parent, singular(hint), depth + 1, open);
    else if (type.kind === 'brand') inside(type.of, '');
    else if (type.kind === 'union' || type.kind === 'intersection')
      for (const part of type.of) inside(part, tagIn(part));
    else if (type.kind === 'tuple') {
      for (const [position, item] of type.items.entries()) inside(item, `Item${position + 1}`);
      if (type.rest !== undefined) inside(type.rest, 'Item');
    } else if (type.kind === 'object') {
      for (const member of type.members) inside(member.type, typeName(member.name) ?? 'Member');
      if (type.index !== undefined) inside(type.index, 'Value');
    }
  };

  for (const root of roots) {
    const { type } = root;
    if (type.kind === 'place' && type.place.type !== undefined) {
      const key = shapes.identityOf(type.place);
      if (!names.has(key)) {
        names.set(key, root.name);
        families.set(type.place.id, root.name);
        named.push({ name: root.name, place: type.place });
        queue.push({ type: type.place.type, parent: root.name, hint: '' });
      }
    }
  }
  for (let visit = queue.shift(); visit !== undefined; visit = queue.shift()) {
    walk(visit.type, visit.parent, visit.hint, 0, new Set());
  }
  return { named, nameOf: (place) => names.get(shapes.identityOf(place)) };
}

function deservesName({ type, shared }: TypedPlace): boolean {
  if (type === undefined) return true;
  if (type.kind === 'brand') return true;
  // Members that are only required, of whatever type, refine what stands beside them: `Base & { readonly a: unknown }`.
  if (type.kind === 'object') return type.members.some((m) => m.type.kind !== 'atom' || m.type.text !== 'unknown');
  if (!shared) return false;
  if (type.kind === 'literals') return type.texts.length > 1;
  if (type.kind === 'union') return type.of.filter((part) => part.kind !== 'atom').length > 1;
  return type.kind === 'intersection' || type.kind === 'tuple';
}

/** `Card` for the branch whose tag says `card`. */
function tagIn(part: Type): string {
  if (part.kind !== 'place' || part.place.type?.kind !== 'object') return '';
  for (const { type, optional } of part.place.type.members) {
    const literals = type.kind === 'place' ? type.place.type : type;
    if (!optional && literals?.kind === 'literals' && literals.texts.length === 1) {
      return typeName(literals.texts[0] ?? '') ?? '';
    }
  }
  return '';
}

/** The words of a text as one PascalCase name; undefined when it has none to begin a name with. */
export function typeName(text: string): string | undefined {
  const words = text.normalize('NFC').match(/[\p{ID_Start}\p{Nd}]+/gu) ?? [];
  const name = words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, 60);
  if (name === '') return undefined;
  return /^\p{ID_Start}/u.test(name) ? name : `N${name}`;
}

/** `Lines` → `Line`, for what stands in a list. */
function singular(hint: string): string {
  if (hint === '') return 'Item';
  if (/[^aeiou]ies$/.test(hint)) return `${hint.slice(0, -3)}y`;
  return /[^su]s$/.test(hint) && !/is$/.test(hint) ? hint.slice(0, -1) : `${hint}Item`;
}

/** Texts that are equal where two types are: structural, with a place that is still open standing for itself. */
class Shapes {
  readonly #shapes = new Map<TypedPlace, string>();
  readonly #numbers = new Map<string, number>();
  readonly #open = new Set<TypedPlace>();

  /** The same for places that share one name. */
  identityOf(place: TypedPlace): string {
    const shape = this.#shapeOf(place);
    return `${place.given === undefined ? `#${place.id}` : `=${place.given}`} ${shape}`;
  }

  #shapeOf(place: TypedPlace): string {
    const known = this.#shapes.get(place);
    if (known !== undefined) return known;
    // Very deep chains are not compared; each of their places is then its own.
    if (place.type === undefined || this.#open.has(place) || this.#open.size > 500) return `@${place.id}${place.view}`;
    this.#open.add(place);
    const text = this.#textOf(place.type);
    this.#open.delete(place);
    // Numbered, so that shapes of shapes stay short.
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    const shape = `#${number}`;
    this.#shapes.set(place, shape);
    return shape;
  }

  #textOf(type: Type): string {
    switch (type.kind) {
      case 'atom':
        return type.text;
      case 'literals':
        return JSON.stringify(type.texts);
      case 'array':
        return `[${this.#textOf(type.item)}]`;
      case 'brand':
        return `<${JSON.stringify(type.brand)} ${this.#textOf(type.of)}>`;
      case 'union':
      case 'intersection':
        return `(${type.kind} ${type.of.map((part) => this.#textOf(part)).join(' ')})`;
      case 'tuple': {
        const rest = type.rest === undefined ? '' : `...${this.#textOf(type.rest)}`;
        return `(tuple ${type.needed} ${type.items.map((item) => this.#textOf(item)).join(' ')} ${rest})`;
      }
      case 'object': {
        const members = type.members.map(
          (m) => `${JSON.stringify(m.name)}${m.optional ? '?' : ''}:${this.#textOf(m.type)}`,
        );
        const index = type.index === undefined ? '' : `*:${this.#textOf(type.index)}`;
        return `{${members.join(' ')} ${index}}`;
      }
      case 'place':
        return this.identityOf(type.place);
    }
  }
}
