import type { Json } from '../ast.ts';
import { askAvsc } from './avsc-judge.ts';
import { misreads, NotWritten } from './read.ts';
import type { Failure } from './resolve.ts';
import type { AvroSchema } from './types.ts';
import type { Witness } from './witness.ts';

/**
 * Why a failure is not told; undefined when two judges have seen it happen. The specification's own reading of the
 * witness has to fail at the same place in the same way. avsc has to write it and must not read it, where it can be
 * asked: it knows no logical types. A type whose values never end has no witness, and is judged by the schemas alone.
 */
export function doubtOf(
  writer: AvroSchema,
  reader: AvroSchema,
  { kind }: Failure,
  witness: Witness,
): string | undefined {
  const shown = `the ${kind} at ${witness.path || 'the root'}`;
  if ('none' in witness)
    return witness.none === 'never ends'
      ? undefined
      : `the smallest value that would show ${shown} is too large to try`;
  const { value, path } = witness;
  if (!failsAt(writer, reader, value, { kind, path })) return `the value that was made to show ${shown} does not`;
  const { says } = askAvsc(writer, reader, value);
  if (says === 'cannot write') return `avsc cannot write the value that was made to show ${shown}`;
  const isKnownToAvsc = kind !== 'decimal-mismatch' && kind !== 'logical-type-mismatch';
  return says === 'reads' && isKnownToAvsc ? `avsc reads the value that was made to show ${shown}` : undefined;
}

function failsAt(
  writer: AvroSchema,
  reader: AvroSchema,
  value: Json,
  at: { readonly kind: Failure['kind']; readonly path: string },
): boolean {
  try {
    return [...misreads(writer.root, reader.root, value)].some(
      ({ kind, path }) => kind === at.kind && path === at.path,
    );
  } catch (error) {
    if (error instanceof NotWritten) return false;
    throw error;
  }
}
