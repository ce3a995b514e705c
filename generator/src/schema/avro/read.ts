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
 * Reads one value of the JSON encoding as the specification says, step by step, and tells everything that goes wrong:
 * nothing when it can be read. It is the judge of witnesses, and follows the value where `resolve` follows the schemas.
 */
export function* misreads(writer: AvroType, reader: AvroType, value: Json, path = ''): Iterable<Misread> {
  if (writer.kind === 'union') {
    const [branch, inner] = writtenBranch(writer.branches, value);
    yield* misreads(branch, reader, inner, path);
    return;
  }
  if (reader.kind === 'union') {
    const branch = branchFor(writer, reader);
    if (branch === undefined) yield { kind: 'missing-union-branch', path };
    else yield* misreads(writer, branch, value, path);
    return;
  }
  const kind = mismatchOf(writer, reader);
  if (kind !== undefined && !comesOutTheSame(kind, writer, reader, value)) yield { kind, path };
  else yield* misreadsInside(writer, reader, value, path);
}

/** Of types that match. */
function* misreadsInside(writer: AvroType, reader: AvroType, value: Json, path: string): Iterable<Misread> {
  switch (writer.kind) {
    case 'array':
      if (!isArray(value) || reader.kind !== 'array') throw new NotWritten(path);
      for (const [index, item] of value.entries()) {
        yield* misreads(writer.items, reader.items, item, `${path}/${index}`);
      }
      return;
    case 'map':
      if (!isRecord(value) || reader.kind !== 'map') throw new NotWritten(path);
      for (const [key, entry] of members(value)) yield* misreads(writer.values, reader.values, entry, `${path}/${key}`);
      return;
    case 'enum':
      if (!writer.symbols.some((symbol) => symbol === value) || reader.kind !== 'enum') throw new NotWritten(path);
      if (!reader.symbols.some((symbol) => symbol === value) && reader.default === undefined)
        yield { kind: 'missing-enum-symbols', path };
      return;
    case 'record':
      if (!isRecord(value) || reader.kind !== 'record') throw new NotWritten(path);
      yield* misreadFields(writer, reader, new Map(members(value)), path);
      return;
    case 'union':
      throw new Error('the branch that is written was chosen before');
    default:
      if (!fitsPrimitive(writer, value)) throw new NotWritten(path);
  }
}

function* misreadFields(
  writer: RecordType,
  reader: RecordType,
  value: ReadonlyMap<string, Json>,
  path: string,
): Iterable<Misread> {
  const written = fieldsByName(writer);
  for (const field of reader.fields) {
    const [source, ...others] = writtenAs(field, written);
    if (others.length > 0) yield { kind: 'ambiguous-field-alias', path: `${path}/${field.name}` };
    else if (source !== undefined) {
      const member = value.get(source.name);
      if (member === undefined) throw new NotWritten(`${path}/${source.name}`);
      yield* misreads(source.type, field.type, member, `${path}/${source.name}`);
    } else if (field.default === undefined) {
      yield { kind: 'reader-field-missing-default-value', path: `${path}/${field.name}` };
    }
  }
}

/** Null stands for itself; anything else names its branch. */
function writtenBranch(branches: readonly AvroType[], value: Json): readonly [AvroType, Json] {
  const [[name, inner] = ['null', null]] = value !== null && isRecord(value) ? members(value) : [];
  const branch = branches.find((candidate) => branchName(candidate) === name);
  if (branch === undefined) throw new NotWritten(name);
  return [branch, inner];
}

function members(value: Json): [string, Json][] {
  return Object.entries(value as Readonly<Record<string, Json>>);
}

/** Values of two units may agree by chance, as zero does. Decimals do not match by the word of the specification. */
function comesOutTheSame(kind: IncompatibilityKind, writer: AvroType, reader: AvroType, value: Json): boolean {
  if (kind !== 'logical-type-mismatch' || !writer.logical || !reader.logical) return false;
  if (typeof value !== 'number') throw new NotWritten('a logical type over something else than a number');
  return meaningOf(writer.logical, value) === meaningOf(reader.logical, value);
}
