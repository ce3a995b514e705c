import { createRequire } from 'node:module';
import type avsc from 'avsc';
import type { Json } from '../ast.ts';
import type { AvroSchema } from './types.ts';

/** What avsc, the library that services on Node read Avro with, says of a pair of schemas and a value. */
export type AvscAnswer =
  | { readonly says: 'reads' }
  | { readonly says: 'refuses'; readonly because: string }
  | { readonly says: 'cannot write'; readonly because: string }
  /** It does not take one of the schemas, or is not asked. */
  | { readonly says: 'nothing'; readonly because: string };

/** Types in a schema. avsc takes time that grows faster than they do: thousands of fields would cost seconds. */
const largest = 2_000;

/** Writes the value with the one schema and reads it with the other; without a value, asks about the schemas alone. */
export function askAvsc(writer: AvroSchema, reader: AvroSchema, value?: Json): AvscAnswer {
  if (writer.size > largest || reader.size > largest)
    return { says: 'nothing', because: 'it is not asked about schemas of this size' };
  const [from, to] = [typeOf(writer), typeOf(reader)];
  if (typeof from === 'string' || typeof to === 'string')
    return { says: 'nothing', because: typeof from === 'string' ? from : String(to) };
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
const types = new WeakMap<AvroSchema, avsc.Type | string>();

/**
 * The schema as avsc has it, or why it does not take it. The library is loaded when it is first asked: most commands
 * never are about Avro. It writes code from names, which the parser has checked.
 */
function typeOf(schema: AvroSchema): avsc.Type | string {
  const known = types.get(schema);
  if (known !== undefined) return known;
  library ??= createRequire(import.meta.url)('avsc') as typeof avsc;
  let made: avsc.Type | string;
  try {
    const registry: Record<string, avsc.Type> = Object.create(null);
    made = library.Type.forSchema(schema.raw as avsc.Schema, { registry, wrapUnions: true });
  } catch (error) {
    made = reasonOf(error);
  }
  types.set(schema, made);
  return made;
}

/** Its messages end with whole schemas. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said.length > 120 ? `${said.slice(0, 119)}…` : said;
}
