import { createRequire } from 'node:module';
import type avsc from 'avsc';
import type { Json } from '../ast.ts';
import type { AvroSchema } from './types.ts';

/** What avsc, the library that services on Node read Avro with, says of a pair of schemas and a value. */
export type AvscAnswer =
  | { readonly says: 'reads' }
  | { readonly says: 'refuses'; readonly because: string }
  | { readonly says: 'cannot write'; readonly because: string }
  /** It does not take one of the schemas at all. */
  | { readonly says: 'nothing'; readonly because: string };

/** Writes the value with the one schema and reads it with the other; without a value, asks about the schemas alone. */
export function askAvsc(writer: AvroSchema, reader: AvroSchema, value?: Json): AvscAnswer {
  let types: readonly avsc.Type[];
  try {
    types = [writer, reader].map(({ raw }) => typeOf(raw));
  } catch (error) {
    return { says: 'nothing', because: reasonOf(error) };
  }
  const [from, to] = types as [avsc.Type, avsc.Type];
  let bytes: Buffer | undefined;
  try {
    bytes = value === undefined ? undefined : from.toBuffer(from.fromString(JSON.stringify(value)));
  } catch (error) {
    return { says: 'cannot write', because: reasonOf(error) };
  }
  try {
    const resolver = to.createResolver(from);
    if (bytes) to.fromBuffer(bytes, resolver);
    return { says: 'reads' };
  } catch (error) {
    return { says: 'refuses', because: reasonOf(error) };
  }
}

let library: typeof avsc | undefined;

/** Loaded when it is first asked: most commands never are about Avro. It writes code from names, which were checked. */
function typeOf(raw: Json): avsc.Type {
  library ??= createRequire(import.meta.url)('avsc') as typeof avsc;
  const registry: Record<string, avsc.Type> = Object.create(null);
  return library.Type.forSchema(raw as avsc.Schema, { registry, wrapUnions: true });
}

/** Its messages end with whole schemas. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.length > 120 ? `${said.slice(0, 119)}…` : said;
}
