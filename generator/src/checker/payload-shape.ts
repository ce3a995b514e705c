import type { Contract } from '../model/contract.ts';
import type { JsonType, SchemaNode } from '../schema/ast.ts';
import type { AvroType } from '../schema/avro/index.ts';

/**
 * The payload as rules ask about it. An Avro schema is read as the JSON Schema of its shape (records become objects
 * whose fields are all present), which is enough to follow pointers and not meant to validate anything.
 */
export function payloadShape({ schema }: Contract): SchemaNode {
  return schema.kind === 'json' ? schema.schema.root : avroShape(schema.schema.root, new Map());
}

const primitives = {
  null: ['null'],
  boolean: ['boolean'],
  int: ['integer'],
  long: ['integer'],
  float: ['number'],
  double: ['number'],
  string: ['string'],
  bytes: ['string'],
  fixed: ['string'],
} as const satisfies Readonly<Record<string, readonly JsonType[]>>;

/** `records`: those that are being read, or were; a record may hold itself. */
function avroShape(type: AvroType, records: Map<AvroType, SchemaNode>): SchemaNode {
  const at = { document: '', pointer: type.at };
  switch (type.kind) {
    case 'union':
      return { at, anyOf: type.branches.map((branch) => avroShape(branch, records)) };
    case 'array':
      return { at, types: ['array'], items: avroShape(type.items, records) };
    case 'map':
      return { at, types: ['object'], additionalProperties: avroShape(type.values, records) };
    case 'enum':
      return { at, types: ['string'], enum: type.symbols };
    case 'record': {
      const known = records.get(type);
      if (known) return known;
      const properties = new Map<string, SchemaNode>();
      const node = { at, types: ['object' as const], properties, required: type.fields.map(({ name }) => name) };
      records.set(type, node);
      for (const field of type.fields) properties.set(field.name, avroShape(field.type, records));
      return node;
    }
    default:
      return { at, types: primitives[type.kind] };
  }
}
