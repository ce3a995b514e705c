/** Named types as text. */
import { jsDoc } from '../js-doc.ts';
import { propertyName, quoted } from '../js-text.ts';
import { aliasText, docText, typed } from '../source-file.ts';
import { type Member, returnsTo, type Type, union } from './ir.ts';
import type { NamedType, NamedTypes } from './name-types.ts';

/** Columns of a union: all of it behind a name, or one of its lines. */
const shortest = 72;
const width = 110;

export interface DeclaredType {
  readonly name: string;
  readonly text: string;
}

export function declareTypes(types: NamedTypes, docs: ReadonlyMap<string, string>): readonly DeclaredType[] {
  return types.named.map((named) => ({ name: named.name, text: declare(named, types, docs.get(named.name)) }));
}

function declare({ name, place }: NamedType, types: NamedTypes, given: string | undefined): string {
  const type = place.type ?? { kind: 'atom', text: 'unknown' };
  const doc = given ?? jsDoc(place.doc, place.given);
  if (type.kind !== 'object' || type.members.length === 0) {
    return aliasText(name, typeText(type, types, returnsTo(place)), doc);
  }
  const members = type.members.map((member) => property(member, types));
  if (type.index !== undefined) members.push(typed('readonly [name: string]:', typeText(type.index, types), '  '));
  return `${docText(doc)}export interface ${name} {\n${members.join('\n')}\n}`;
}

function property(member: Member, types: NamedTypes): string {
  const doc = docText(jsDoc(member.doc, givenNameOf(member.type) ?? member.name), '  ');
  const head = `readonly ${propertyName(member.name)}${member.optional ? '?' : ''}:`;
  return `${doc}${typed(head, typeText(member.type, types), '  ')}`;
}

/** A title that is the name of the type already says nothing beside it. */
function givenNameOf(type: Type): string | undefined {
  return type.kind === 'place' ? type.place.given : undefined;
}

/**
 * The text of a type in a place where any type may stand. `endless`: within a type that comes back to itself through
 * tuples and lists alone; the compiler calls one with optional slots circular, so its slots are written as a list.
 */
export function typeText(type: Type, types: NamedTypes, endless = false): string {
  const inner = (each: Type): string => typeText(each, types, endless);
  const enclosed = (each: Type): string => inBrackets(each, inner(each), types);
  switch (type.kind) {
    case 'atom':
      return type.text;
    case 'literals':
      return filled(type.texts);
    case 'array':
      return `readonly ${enclosed(type.item)}[]`;
    case 'brand':
      return `Branded<${inner(type.of)}, ${quoted(type.brand)}>`;
    case 'union':
      return filled(type.of.flatMap((part) => (part.kind === 'literals' ? part.texts : [enclosed(part)])));
    case 'intersection':
      return type.of.map(enclosed).join(' & ');
    case 'tuple': {
      if (endless && type.needed < type.items.length) {
        const slots = type.rest === undefined ? type.items : [...type.items, type.rest];
        return inner({ kind: 'array', item: union(slots) });
      }
      const items = type.items.map((item, position) => (position < type.needed ? inner(item) : `${enclosed(item)}?`));
      if (type.rest !== undefined) items.push(`...${enclosed(type.rest)}[]`);
      return `readonly [${items.join(', ')}]`;
    }
    case 'object': {
      const members = type.members.map(
        (m) => `readonly ${propertyName(m.name)}${m.optional ? '?' : ''}: ${inner(m.type)}`,
      );
      if (type.index !== undefined) members.push(`readonly [name: string]: ${inner(type.index)}`);
      return members.length === 0 ? 'object' : `{ ${members.join('; ')} }`;
    }
    case 'place': {
      const name = types.nameOf(type.place);
      if (name !== undefined) return name;
      return type.place.type === undefined ? 'unknown' : inner(type.place.type);
    }
  }
}

/** Where an operator would otherwise tear it apart. */
function inBrackets(type: Type, text: string, types: NamedTypes): string {
  const bare = bareKind(type, types);
  return bare === 'union' || bare === 'intersection' || bare === 'array' || bare === 'tuple' || bare === 'literals'
    ? `(${text}${text.startsWith('\n') ? '\n' : ''})`
    : text;
}

function bareKind(type: Type, types: NamedTypes): Type['kind'] {
  if (type.kind !== 'place' || types.nameOf(type.place) !== undefined || type.place.type === undefined)
    return type.kind;
  return bareKind(type.place.type, types);
}

/** `a | b | c` on one line where it is short: else literals over as few lines as the width allows, types one a line. */
function filled(parts: readonly string[]): string {
  const flat = parts.join(' | ');
  if (flat.length <= shortest || parts.length === 1) return flat;
  const lines: string[] = [];
  let line = '';
  const structured = parts.some((part) => /^[({]|^readonly /.test(part));
  for (const part of parts) {
    if (line !== '' && (structured || line.length + part.length > width)) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? part : `${line} | ${part}`;
  }
  return [...lines, line].map((text) => `\n  | ${text}`).join('');
}
