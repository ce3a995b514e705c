import { sameMeaning } from './logical-types.ts';
import {
  type AvroField,
  type AvroType,
  type EnumType,
  isNamed,
  type NamedType,
  type RecordType,
  type UnionType,
  unqualified,
} from './types.ts';

/**
 * The kinds of incompatibility: six as Apache names them, and ours: two fields of the writer that one field of the
 * reader could mean, decimals that do not match, values that would be taken for something else.
 */
export const incompatibilityKinds = [
  'name-mismatch',
  'fixed-size-mismatch',
  'missing-enum-symbols',
  'reader-field-missing-default-value',
  'type-mismatch',
  'missing-union-branch',
  'ambiguous-field-alias',
  'decimal-mismatch',
  'logical-type-mismatch',
] as const;
export type IncompatibilityKind = (typeof incompatibilityKinds)[number];

const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Why two types do not match, neither of them a union: the list of the section "Schema Resolution". Of what is inside
 * of them nothing is asked.
 */
export function mismatchOf(writer: AvroType, reader: AvroType): IncompatibilityKind | undefined {
  if (writer.kind !== reader.kind && !promotions[writer.kind]?.includes(reader.kind)) return 'type-mismatch';
  if (isNamed(writer) && isNamed(reader) && !namesMatch(writer, reader)) return 'name-mismatch';
  if (writer.kind === 'fixed' && reader.kind === 'fixed' && writer.size !== reader.size) return 'fixed-size-mismatch';
  if (sameMeaning(writer.logical, reader.logical) !== false) return undefined;
  const decimals = writer.logical?.name === 'decimal' && reader.logical?.name === 'decimal';
  return decimals ? 'decimal-mismatch' : 'logical-type-mismatch';
}

/** Namespaces do not count; an alias of the reader's is compared whole. */
function namesMatch(writer: NamedType, reader: NamedType): boolean {
  return unqualified(writer.name) === unqualified(reader.name) || reader.aliases.includes(writer.name);
}

/**
 * The branch of a reader's union that reads what was written: the one of the same fullname or the same type, as every
 * implementation prefers it, else the first that matches. The writer's type is no union.
 */
export function branchFor(writer: AvroType, reader: UnionType): AvroType | undefined {
  const { branches } = reader;
  const first = firstBranches(reader);
  const [exact, ...others] = keysOfWriter(writer).map((key) => first.get(key));
  const index = exact ?? Math.min(...others.filter((other) => other !== undefined));
  if (Number.isFinite(index)) return branches[index];
  return branches.find(({ kind }) => promotions[writer.kind]?.includes(kind));
}

const known = new WeakMap<UnionType, ReadonlyMap<string, number>>();

/** Indices of the first branches under every key that finds them: unions of thousands are asked thousands of times. */
function firstBranches(union: UnionType): ReadonlyMap<string, number> {
  const found = known.get(union);
  if (found) return found;
  const first = new Map<string, number>();
  for (const [index, branch] of union.branches.entries()) {
    const aliases = isNamed(branch) ? branch.aliases.map((alias) => `${label(branch)} = ${alias}`) : [];
    for (const key of [...keysOfWriter(branch).slice(0, 2), ...aliases]) if (!first.has(key)) first.set(key, index);
  }
  known.set(union, first);
  return first;
}

/** By fullname, by unqualified name, by alias; what has no name, by its kind. */
function keysOfWriter(type: AvroType): readonly string[] {
  if (!isNamed(type)) return [type.kind];
  return [`${label(type)} ${type.name}`, `${label(type)} ~ ${unqualified(type.name)}`, `${label(type)} = ${type.name}`];
}

/** Fixed types match when their sizes do. */
function label(type: NamedType): string {
  return type.kind === 'fixed' ? `fixed ${type.size}` : type.kind;
}

/** The writer's fields that a reader's field could be read from: one, unless aliases make it two. */
export function writtenAs(field: AvroField, written: ReadonlyMap<string, AvroField>): readonly AvroField[] {
  const names = new Set([field.name, ...field.aliases]);
  return [...names].flatMap((name) => written.get(name) ?? []);
}

export function fieldsByName({ fields }: RecordType): ReadonlyMap<string, AvroField> {
  return new Map(fields.map((field) => [field.name, field]));
}

/** Symbols that the reader knows neither by name nor by a default. */
export function unknownSymbols(writer: EnumType, reader: EnumType): readonly string[] {
  if (reader.default !== undefined) return [];
  const symbols = new Set(reader.symbols);
  return writer.symbols.filter((symbol) => !symbols.has(symbol));
}

/** Promotions that the specification allows although large integers come out rounded. */
export function losesPrecision(writer: AvroType, reader: AvroType): boolean {
  return reader.kind === 'float'
    ? writer.kind === 'int' || writer.kind === 'long'
    : reader.kind === 'double' && writer.kind === 'long';
}
