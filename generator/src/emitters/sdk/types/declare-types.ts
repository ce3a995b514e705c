/** Named types as ts-morph structures. */
import {
  type IndexSignatureDeclarationStructure,
  type PropertySignatureStructure,
  type StatementStructures,
  StructureKind,
} from 'ts-morph';
import { jsDoc } from '../js-doc.ts';
import { propertyName, quoted } from '../js-text.ts';
import type { Member, Type } from './ir.ts';
import type { NamedType, NamedTypes } from './name-types.ts';

const width = 110;

export function declareTypes(types: NamedTypes, docs: ReadonlyMap<string, string>): readonly StatementStructures[] {
  return types.named.map((named) => declare(named, types, docs.get(named.name)));
}

function declare({ name, place }: NamedType, types: NamedTypes, doc: string | undefined): StatementStructures {
  const type = place.type ?? { kind: 'atom', text: 'unknown' };
  const common = { name, isExported: true, docs: documented(doc ?? jsDoc(place.doc, place.given)) };
  if (type.kind === 'object' && type.members.length > 0) {
    return {
      kind: StructureKind.Interface,
      ...common,
      properties: type.members.map((member) => property(member, types)),
      indexSignatures: type.index === undefined ? [] : [indexSignature(type.index, types)],
    };
  }
  return { kind: StructureKind.TypeAlias, ...common, type: typeText(type, types) };
}

function property(member: Member, types: NamedTypes): Omit<PropertySignatureStructure, 'kind'> {
  return {
    name: propertyName(member.name),
    isReadonly: true,
    hasQuestionToken: member.optional,
    type: typeText(member.type, types),
    docs: documented(jsDoc(member.doc, givenNameOf(member.type) ?? member.name)),
  };
}

function indexSignature(index: Type, types: NamedTypes): Omit<IndexSignatureDeclarationStructure, 'kind'> {
  return { isReadonly: true, keyName: 'name', keyType: 'string', returnType: typeText(index, types) };
}

/** A title that is the name of the type already says nothing beside it. */
function givenNameOf(type: Type): string | undefined {
  return type.kind === 'place' ? type.place.given : undefined;
}

function documented(doc: string): string[] {
  return doc === '' ? [] : [doc];
}

/** The text of a type in a place where any type may stand. */
export function typeText(type: Type, types: NamedTypes): string {
  switch (type.kind) {
    case 'atom':
      return type.text;
    case 'literals':
      return filled(type.texts);
    case 'array':
      return `readonly ${enclosed(type.item, types)}[]`;
    case 'brand':
      return `Branded<${typeText(type.of, types)}, ${quoted(type.brand)}>`;
    case 'union':
      return filled(type.of.flatMap((part) => (part.kind === 'literals' ? part.texts : [enclosed(part, types)])));
    case 'intersection':
      return type.of.map((part) => enclosed(part, types)).join(' & ');
    case 'tuple': {
      const items = type.items.map((item, position) =>
        position < type.needed ? typeText(item, types) : `${enclosed(item, types)}?`,
      );
      if (type.rest !== undefined) items.push(`...${enclosed(type.rest, types)}[]`);
      return `readonly [${items.join(', ')}]`;
    }
    case 'object': {
      const members = type.members.map(
        (m) => `readonly ${propertyName(m.name)}${m.optional ? '?' : ''}: ${typeText(m.type, types)}`,
      );
      if (type.index !== undefined) members.push(`readonly [name: string]: ${typeText(type.index, types)}`);
      return members.length === 0 ? 'object' : `{ ${members.join('; ')} }`;
    }
    case 'place': {
      const name = types.nameOf(type.place);
      if (name !== undefined) return name;
      return type.place.type === undefined ? 'unknown' : typeText(type.place.type, types);
    }
  }
}

/** In brackets where an operator would otherwise tear it apart. */
function enclosed(type: Type, types: NamedTypes): string {
  const text = typeText(type, types);
  const bare = bareKind(type, types);
  return bare === 'union' || bare === 'intersection' || bare === 'array' || bare === 'tuple' || bare === 'literals'
    ? `(${text})`
    : text;
}

function bareKind(type: Type, types: NamedTypes): Type['kind'] {
  if (type.kind !== 'place' || types.nameOf(type.place) !== undefined || type.place.type === undefined)
    return type.kind;
  return bareKind(type.place.type, types);
}

/** `a | b | c` over as few lines as the width allows. */
function filled(parts: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && line.length + part.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? part : `${line} | ${part}`;
  }
  lines.push(line);
  return lines.length === 1 ? line : lines.map((text) => `\n  | ${text}`).join('');
}
