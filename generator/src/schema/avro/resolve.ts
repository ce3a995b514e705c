import { spend } from '../budget.ts';
import {
  branchFor,
  fieldsByName,
  type IncompatibilityKind,
  losesPrecision,
  mismatchOf,
  unknownSymbols,
  writtenAs,
} from './match.ts';
import type { AvroField, AvroType, RecordType, UnionType } from './types.ts';

/** One step into what is written; a union is entered by a branch. */
export type Step =
  | { readonly into: 'field'; readonly name: string }
  | { readonly into: 'items' | 'values' }
  | { readonly into: 'branch'; readonly index: number };

/** A type of the writer and the type of the reader that reads it, each with the place that uses it. */
export interface Pair {
  readonly writer: AvroType;
  readonly reader: AvroType;
  readonly writerAt: string;
  readonly readerAt: string;
  /** How it was come to; absent at the root. */
  readonly from?: { readonly pair: Pair; readonly step?: Step };
}

export interface Failure {
  readonly kind: IncompatibilityKind;
  readonly pair: Pair;
  /** The reader's field that has no value, or too many. */
  readonly field?: AvroField;
}

export interface Resolution {
  /** Empty when the reader reads everything that the writer can write; the nearest to the root first. */
  readonly failures: readonly Failure[];
  /** Where integers come out rounded. */
  readonly losses: readonly Pair[];
}

/** More say nothing new, and each is shown with a value. */
const mostFailures = 50;

/**
 * Resolves a writer's schema against a reader's as the specification does, for all values at once. Every pair of types
 * that can meet is looked at once, the nearest first; recursive types end because a pair that was seen is not looked at
 * again: it holds unless something else fails. Throws `OutOfBudget`.
 */
export function resolve(writer: AvroType, reader: AvroType): Resolution {
  const seen = new Map<AvroType, Set<AvroType>>();
  const failures: Failure[] = [];
  const losses: Pair[] = [];
  const open: Pair[] = [{ writer, reader, writerAt: '', readerAt: '' }];
  for (let next = 0; next < open.length && failures.length < mostFailures; next++) {
    const pair = open[next] as Pair;
    const known = seen.get(pair.writer) ?? new Set();
    seen.set(pair.writer, known);
    if (known.has(pair.reader)) continue;
    known.add(pair.reader);
    for (const found of look(pair)) {
      spend();
      if ('kind' in found) failures.push(found);
      else open.push(found);
    }
    if (losesPrecision(pair.writer, pair.reader)) losses.push(pair);
  }
  return { failures: failures.slice(0, mostFailures), losses };
}

/** What is wrong with a pair by itself, and the pairs that it comes down to. */
function* look(pair: Pair): Iterable<Failure | Pair> {
  const { writer, reader } = pair;
  if (writer.kind === 'union') {
    // Every branch may be written, whatever the reader is.
    for (const [index, branch] of writer.branches.entries()) {
      const writerAt = `${writer.at}/${index}`;
      yield { ...pair, writer: branch, writerAt, from: { pair, step: { into: 'branch', index } } };
    }
    return;
  }
  if (reader.kind === 'union') {
    yield readByBranch(pair, reader);
    return;
  }
  const kind = mismatchOf(writer, reader);
  if (kind !== undefined) yield { kind, pair };
  else if (writer.kind === 'record' && reader.kind === 'record') yield* lookAtFields(pair, writer, reader);
  else if (writer.kind === 'enum' && reader.kind === 'enum') {
    if (unknownSymbols(writer, reader).length > 0) yield { kind: 'missing-enum-symbols', pair };
  } else if (writer.kind === 'array' && reader.kind === 'array') {
    yield inside(pair, 'items', writer.items, reader.items);
  } else if (writer.kind === 'map' && reader.kind === 'map') {
    yield inside(pair, 'values', writer.values, reader.values);
  }
}

function readByBranch(pair: Pair, union: UnionType): Failure | Pair {
  const branch = branchFor(pair.writer, union);
  if (branch === undefined) return { kind: 'missing-union-branch', pair };
  return { ...pair, reader: branch, readerAt: `${union.at}/${union.branches.indexOf(branch)}`, from: { pair } };
}

function inside(pair: Pair, into: 'items' | 'values', writer: AvroType, reader: AvroType): Pair {
  const [writerAt, readerAt] = [`${pair.writer.at}/${into}`, `${pair.reader.at}/${into}`];
  return { writer, reader, writerAt, readerAt, from: { pair, step: { into } } };
}

function* lookAtFields(pair: Pair, writer: RecordType, reader: RecordType): Iterable<Failure | Pair> {
  const written = fieldsByName(writer);
  for (const field of reader.fields) {
    const [source, ...others] = writtenAs(field, written);
    if (others.length > 0) yield { kind: 'ambiguous-field-alias', pair, field };
    else if (source === undefined) {
      // The default of an enum stands in for a symbol, not for a field.
      if (field.default === undefined) yield { kind: 'reader-field-missing-default-value', pair, field };
    } else {
      yield {
        writer: source.type,
        reader: field.type,
        writerAt: `${source.at}/type`,
        readerAt: `${field.at}/type`,
        from: { pair, step: { into: 'field', name: source.name } },
      };
    }
  }
}

/** The way from the root into what is written. */
export function stepsTo(pair: Pair): readonly Step[] {
  const steps: Step[] = [];
  for (let from = pair.from; from !== undefined; from = from.pair.from) if (from.step) steps.push(from.step);
  return steps.reverse();
}

/** The same way as a JSON pointer into the value; which branch of a union it takes is left out. */
export function pathTo(pair: Pair): string {
  return stepsTo(pair)
    .map((step) => {
      if (step.into === 'field') return `/${step.name}`;
      if (step.into === 'branch') return '';
      return step.into === 'items' ? '/0' : `/${anyKey}`;
    })
    .join('');
}

/** What an entry of a map is called where its key does not matter. */
export const anyKey = 'key';
