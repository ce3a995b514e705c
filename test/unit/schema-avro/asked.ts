import { type AvroSchema, type AvroVerdict, compareAvro, parseAvro } from '../../../generator/src/schema/avro/index.ts';

/** A parsed schema, or the test fails with what was wrong with it. */
export function avro(raw: unknown): AvroSchema {
  const [schema, problems] = parseAvro(raw);
  if (schema === undefined) throw new Error(problems.map(({ at, message }) => `${at}: ${message}`).join('\n'));
  return schema;
}

/** Can the second read what the first wrote? */
export function verdictOn(writer: unknown, reader: unknown): AvroVerdict {
  return compareAvro(avro(writer), avro(reader));
}

/** `compatible`, or the kinds of the incompatibilities with their paths. */
export function kindsOf(writer: unknown, reader: unknown): string | readonly string[] {
  const verdict = verdictOn(writer, reader);
  if (verdict.verdict !== 'incompatible') return verdict.verdict;
  return verdict.incompatibilities.map(({ kind, path }) => `${kind} ${path}`.trim());
}

export const record = (name: string, fields: readonly object[], more: object = {}): object => ({
  type: 'record',
  name,
  ...more,
  fields,
});
export const field = (name: string, type: unknown, more: object = {}): object => ({ name, type, ...more });
export const enumOf = (symbols: readonly string[], more: object = {}): object => ({
  type: 'enum',
  name: 'Suit',
  symbols,
  ...more,
});
export const fixed = (size: number, name = 'Digest'): object => ({ type: 'fixed', name, size });
export const array = (items: unknown): object => ({ type: 'array', items });
export const map = (values: unknown): object => ({ type: 'map', values });
export const logical = (type: string, logicalType: string, more: object = {}): object => ({
  type,
  logicalType,
  ...more,
});
