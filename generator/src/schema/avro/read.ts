import type { Json } from '../ast.ts';
import { isArray, isRecord } from '../json.ts';
import { meaningOf } from './logical-types.ts';
import { branchFor, fieldsByName, type IncompatibilityKind, mismatchOf, writtenAs } from './match.ts';
import { fitsPrimitive } from './primitive-values.ts';
import { type AvroType, branchName, type RecordType } from './types.ts';

/** Why a reader cannot read a value, and where in the value. */
export interface Misread {
  readonly kind: IncompatibilityKind;
  readonly path: string;
}

/** What was to be read is nothing that the writer could have written. */
export class NotWritten extends Error {}

/**
 * Reads one value of the JSON encoding as the specification says, step by step: undefined when it can be read. It is
 * the judge of witnesses, and follows the value where `resolve` follows the schemas.
 */
export function misread(writer: AvroType, reader: AvroType, value: Json, path = ''): Misread | undefined {
  if (writer.kind === 'union') {
    const [branch, inner] = writtenBranch(writer.branches, value);
    return misread(branch, reader, inner, path);
  }
  if (reader.kind === 'union') {
    const branch = branchFor(writer, reader);
    return branch ? misread(writer, branch, value, path) : { kind: 'missing-union-branch', path };
  }
  const kind = mismatchOf(writer, reader);
  if (kind !== undefined && !comesOutTheSame(kind, writer, reader, value)) return { kind, path };
  switch (writer.kind) {
    case 'array':
      if (!isArray(value) || reader.kind !== 'array') throw new NotWritten(path);
      return firstOf(value.entries(), ([index, item]) => misread(writer.items, reader.items, item, `${path}/${index}`));
    case 'map':
      if (!isRecord(value) || reader.kind !== 'map') throw new NotWritten(path);
      return firstOf(Object.entries(value) as [string, Json][], ([key, entry]) =>
        misread(writer.values, reader.values, entry, `${path}/${key}`),
      );
    case 'enum':
      if (!writer.symbols.includes(value as string) || reader.kind !== 'enum') throw new NotWritten(path);
      if (reader.symbols.includes(value as string) || reader.default !== undefined) return undefined;
      return { kind: 'missing-enum-symbols', path };
    case 'record':
      if (!isRecord(value) || reader.kind !== 'record') throw new NotWritten(path);
      return misreadFields(writer, reader, new Map(Object.entries(value) as [string, Json][]), path);
    default:
      if (!fitsPrimitive(writer, value)) throw new NotWritten(path);
      return undefined;
  }
}

function misreadFields(
  writer: RecordType,
  reader: RecordType,
  value: ReadonlyMap<string, Json>,
  path: string,
): Misread | undefined {
  const written = fieldsByName(writer);
  return firstOf(reader.fields, (field) => {
    const here = `${path}/${field.name}`;
    const [source, ...others] = writtenAs(field, written);
    if (others.length > 0) return { kind: 'ambiguous-field-alias', path: here };
    if (source === undefined)
      return field.default === undefined ? { kind: 'reader-field-missing-default-value', path: here } : undefined;
    const member = value.get(source.name);
    if (member === undefined) throw new NotWritten(`${path}/${source.name}`);
    return misread(source.type, field.type, member, `${path}/${source.name}`);
  });
}

/** Null stands for itself; anything else names its branch. */
function writtenBranch(branches: readonly AvroType[], value: Json): readonly [AvroType, Json] {
  const [[name, inner] = ['null', null]] =
    value !== null && isRecord(value) ? (Object.entries(value) as [string, Json][]) : [];
  const branch = branches.find((candidate) => branchName(candidate) === name);
  if (branch === undefined) throw new NotWritten(name);
  return [branch, inner];
}

/** Values of two units may agree by chance, as zero does. Decimals do not match by the word of the specification. */
function comesOutTheSame(kind: IncompatibilityKind, writer: AvroType, reader: AvroType, value: Json): boolean {
  if (kind !== 'logical-type-mismatch' || !writer.logical || !reader.logical) return false;
  if (typeof value !== 'number') throw new NotWritten('a logical type over something else than a number');
  return meaningOf(writer.logical, value) === meaningOf(reader.logical, value);
}

function firstOf<T>(items: Iterable<T>, misreadOf: (item: T) => Misread | undefined): Misread | undefined {
  for (const item of items) {
    const found = misreadOf(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
