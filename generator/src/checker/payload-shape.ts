import type { Contract } from '../model/contract.ts';
import type { Json, JsonObject, JsonType, SchemaNode, SchemaPlace } from '../schema/ast.ts';

/**
 * The payload as rules ask about it. An Avro schema is read as the JSON Schema of its shape (records become objects
 * whose fields are all present), which is enough to follow pointers and not meant to validate anything.
 */
export function payloadShape(contract: Contract): SchemaNode {
  const { schema } = contract;
  return schema.kind === 'json' ? schema.schema.root : avroShape(schema.schema, '', new Map());
}

const primitives: Readonly<Record<string, readonly JsonType[]>> = {
  null: ['null'],
  boolean: ['boolean'],
  int: ['integer'],
  long: ['integer'],
  float: ['number'],
  double: ['number'],
  string: ['string'],
  bytes: ['string'],
};

function avroShape(schema: Json, pointer: string, named: Map<string, SchemaNode>): SchemaNode {
  const at: SchemaPlace = { document: '', pointer };
  if (typeof schema === 'string') {
    const types = Object.hasOwn(primitives, schema) ? primitives[schema] : undefined;
    return types ? { at, types } : (named.get(schema) ?? { at });
  }
  if (Array.isArray(schema)) {
    return { at, anyOf: schema.map((branch: Json, index) => avroShape(branch, `${pointer}/${index}`, named)) };
  }
  if (schema === null || typeof schema !== 'object') return { at };
  const object = schema as JsonObject;
  const { type, name } = object;
  if (type === 'record' || type === 'error') {
    const properties = new Map<string, SchemaNode>();
    const required: string[] = [];
    const node: SchemaNode = { at, types: ['object'], properties, required };
    if (typeof name === 'string') named.set(name, node);
    for (const [index, entry] of (Array.isArray(object.fields) ? object.fields : []).entries()) {
      const { name: fieldName, type: fieldType } = (entry ?? {}) as JsonObject;
      if (typeof fieldName !== 'string' || fieldType === undefined) continue;
      properties.set(fieldName, avroShape(fieldType, `${pointer}/fields/${index}/type`, named));
      required.push(fieldName);
    }
    return node;
  }
  if (type === 'array')
    return { at, types: ['array'], items: avroShape(object.items ?? null, `${pointer}/items`, named) };
  if (type === 'map') {
    return {
      at,
      types: ['object'],
      additionalProperties: avroShape(object.values ?? null, `${pointer}/values`, named),
    };
  }
  if (type === 'enum' && Array.isArray(object.symbols)) {
    const node: SchemaNode = { at, types: ['string'], enum: object.symbols };
    if (typeof name === 'string') named.set(name, node);
    return node;
  }
  if (type === 'fixed') return { at, types: ['string'] };
  return type === undefined ? { at } : avroShape(type, `${pointer}/type`, named);
}
