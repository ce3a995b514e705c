import type { Json } from '../ast.ts';
import { OutOfBudget, within } from '../budget.ts';
import { doubtOf } from './confirm.ts';
import { meaningOf, tellingValue } from './logical-types.ts';
import { type IncompatibilityKind, unknownSymbols } from './match.ts';
import { type Failure, type Pair, pathTo, resolve } from './resolve.ts';
import type { AvroField, AvroSchema, AvroType } from './types.ts';
import { type Witness, Witnesses } from './witness.ts';

/**
 * `compatible` only when every value of the writer can be read; `incompatible` with the places where it cannot, each
 * with a value that was tried; otherwise `unknown` and the reason.
 */
export type AvroVerdict =
  | { readonly verdict: 'compatible'; readonly losses: readonly Loss[] }
  | { readonly verdict: 'incompatible'; readonly incompatibilities: readonly [Incompatibility, ...Incompatibility[]] }
  | { readonly verdict: 'unknown'; readonly reason: string };

/** A type and the place in its schema that uses it, as a JSON pointer. */
export interface Side {
  readonly type: AvroType;
  readonly at: string;
}

export interface Incompatibility {
  readonly kind: IncompatibilityKind;
  /** JSON pointer into the value that was written; into the one that is read where the reader's field has no source. */
  readonly path: string;
  readonly writer: Side;
  readonly reader: Side;
  /** The reader's field that has no value, or more than one. */
  readonly field?: AvroField;
  /** Symbols that the reader does not know. */
  readonly symbols?: readonly string[];
  /** What a value stands for on both sides, where logical types differ: `2026-01-01T00:00:00Z`, `0.01`. */
  readonly readsAs?: { readonly written: string; readonly read: string };
  /** A value of the writer in the JSON encoding that the reader cannot read. Absent when no value of the writer ends. */
  readonly witness?: Json;
}

/** Integers of the writer that the reader rounds. */
export interface Loss {
  readonly path: string;
  readonly writer: Side;
  readonly reader: Side;
}

export interface AvroCompareOptions {
  /** Milliseconds of work before the verdict is `unknown`; default 1,000. */
  readonly budgetMs?: number;
}

/** Can `reader` read everything that was written with `writer`? */
export function compareAvro(
  writer: AvroSchema,
  reader: AvroSchema,
  { budgetMs = 1_000 }: AvroCompareOptions = {},
): AvroVerdict {
  try {
    const { failures, losses } = within(budgetMs, () => resolve(writer.root, reader.root));
    if (failures.length === 0) return { verdict: 'compatible', losses: losses.map(lossAt) };
    return refuted(writer, reader, failures);
  } catch (error) {
    if (error instanceof OutOfBudget) return { verdict: 'unknown', reason: error.message };
    if (error instanceof RangeError) return { verdict: 'unknown', reason: 'the schemas nest too deeply' };
    throw error;
  }
}

function refuted(writer: AvroSchema, reader: AvroSchema, failures: readonly Failure[]): AvroVerdict {
  const witnesses = new Witnesses(writer.root);
  const confirmed: Incompatibility[] = [];
  let doubt = '';
  for (const failure of failures) {
    const witness = witnesses.of(failure);
    const against = doubtOf(writer, reader, failure, witness);
    if (against === undefined) confirmed.push(told(failure, witness));
    else doubt ||= against;
  }
  const [first, ...others] = confirmed;
  if (first === undefined) return { verdict: 'unknown', reason: doubt };
  return { verdict: 'incompatible', incompatibilities: [first, ...others] };
}

function told(failure: Failure, witness: Witness): Incompatibility {
  const { kind, pair, field } = failure;
  return {
    kind,
    path: witness.path,
    ...sidesOf(pair),
    ...(field ? { field } : {}),
    ...('value' in witness ? { witness: witness.value } : {}),
    ...details(failure),
  };
}

/** What only one kind has to tell, and the places that are nearer to it than the types are. */
function details({ kind, pair, field }: Failure): Partial<Incompatibility> {
  const { writer, reader, writerAt } = pair;
  const near = (below: string): Pick<Incompatibility, 'writer' | 'reader'> => ({
    writer: { type: writer, at: `${writer.at}/${below}` },
    reader: { type: reader, at: `${reader.at}/${below}` },
  });
  switch (kind) {
    case 'name-mismatch':
      return near('name');
    case 'fixed-size-mismatch':
      return near('size');
    case 'missing-enum-symbols': {
      if (writer.kind !== 'enum' || reader.kind !== 'enum') return {};
      const symbols = unknownSymbols(writer, reader);
      const first = writer.symbols.indexOf(symbols[0] ?? '');
      return { symbols, ...near('symbols'), writer: { type: writer, at: `${writer.at}/symbols/${first}` } };
    }
    case 'decimal-mismatch':
    case 'logical-type-mismatch':
      return { ...near('logicalType'), ...readings(writer, reader) };
    case 'reader-field-missing-default-value':
    case 'ambiguous-field-alias':
      return field ? { writer: { type: writer, at: writerAt }, reader: { type: field.type, at: field.at } } : {};
    default:
      return {};
  }
}

/** One value in the words of both sides; nothing where it comes out the same, as in a decimal of more digits. */
function readings(writer: AvroType, reader: AvroType): Pick<Incompatibility, 'readsAs'> {
  if (!writer.logical || !reader.logical) return {};
  const value = tellingValue(writer.logical);
  const [written, read] = [meaningOf(writer.logical, value), meaningOf(reader.logical, value)];
  return written === read ? {} : { readsAs: { written, read } };
}

function lossAt(pair: Pair): Loss {
  return { path: pathTo(pair), ...sidesOf(pair) };
}

function sidesOf({ writer, writerAt, reader, readerAt }: Pair): { writer: Side; reader: Side } {
  return { writer: { type: writer, at: writerAt }, reader: { type: reader, at: readerAt } };
}
