import type { Json } from '../ast.ts';
import type { LogicalType } from './logical-types.ts';

/**
 * An Avro schema as the engine sees it: names resolved, one object for each place that writes a type and one for each
 * named type, so that recursive schemas are cycles and identity (`===`) is what to memoise on.
 */
export type AvroType = PrimitiveType | ArrayType | MapType | UnionType | RecordType | EnumType | FixedType;

export type NamedType = RecordType | EnumType | FixedType;

export const primitiveNames = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveName = (typeof primitiveNames)[number];

interface Written {
  /** JSON pointer to the place in the schema that writes the type; of a named type, where it is defined. */
  readonly at: string;
  /** What the value stands for; absent as well when the schema's `logicalType` is unknown or invalid. */
  readonly logical?: LogicalType;
}

export interface PrimitiveType extends Written {
  readonly kind: PrimitiveName;
}

export interface ArrayType extends Written {
  readonly kind: 'array';
  readonly items: AvroType;
}

export interface MapType extends Written {
  readonly kind: 'map';
  readonly values: AvroType;
}

export interface UnionType extends Written {
  readonly kind: 'union';
  readonly branches: readonly AvroType[];
}

interface Named extends Written {
  /** The fullname, `orders.OrderPlaced`. */
  readonly name: string;
  /** Fullnames of writers' types that are read as this one. */
  readonly aliases: readonly string[];
}

export interface RecordType extends Named {
  readonly kind: 'record';
  readonly fields: readonly AvroField[];
}

export interface EnumType extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  /** What a symbol that is not known is read as. */
  readonly default?: string;
}

export interface FixedType extends Named {
  readonly kind: 'fixed';
  /** Bytes. */
  readonly size: number;
}

export interface AvroField {
  readonly at: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  /** Stands in for the field when a writer does not have it. `null` is a default like any other. */
  readonly default?: Json;
}

/** A parsed schema beside what it was parsed from. */
export interface AvroSchema {
  readonly root: AvroType;
  readonly raw: Json;
  /** How many places write a type. */
  readonly size: number;
}

export interface AvroProblem {
  /** JSON pointer into the schema. */
  readonly at: string;
  /** One sentence without its full stop. */
  readonly message: string;
}

export function isNamed(type: AvroType): type is NamedType {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed';
}

/** The name without its namespace. */
export function unqualified(fullname: string): string {
  return fullname.slice(fullname.lastIndexOf('.') + 1);
}

/** What the JSON encoding calls a branch of a union. */
export function branchName(type: AvroType): string {
  return isNamed(type) ? type.name : type.kind;
}
