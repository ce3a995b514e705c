/**
 * The schema as the engine sees it: one node per subschema, keywords brought to their 2020-12 meaning,
 * references already followed. Everything else in this folder (the validator, containment, the events relation)
 * and the emitters of TypeScript read these nodes and never raw JSON Schema.
 *
 * Nodes may form cycles through `ref`; identity (`===`) is the subschema's identity, so memoise on the node.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export const dialects = ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'] as const;
export type Dialect = (typeof dialects)[number];

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** Where a subschema stands: a document (as the loader named it, '' for the root) and a JSON pointer in it. */
export interface SchemaPlace {
  readonly document: string;
  readonly pointer: string;
}

/** What a schema says to people; no effect on validity. */
export interface Annotations {
  readonly title?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly examples?: readonly Json[];
  /** `x-tenet-brand`: the generated TypeScript type of this value carries this brand. */
  readonly brand?: string;
}

export type NumberKeyword = 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'multipleOf';

export interface SchemaNode {
  readonly at: SchemaPlace;

  /** A boolean schema (`true`, `{}` is not one); when present, no other keyword is. */
  readonly always?: boolean;

  /** Absent: any type. `integer` is kept apart from `number`. Never empty. */
  readonly types?: readonly JsonType[];
  /** `const` is an `enum` of one value. */
  readonly enum?: readonly Json[];

  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  /** Of these, what no double holds, as digits and a power of ten (`125e-1`); the keyword itself holds the nearest. */
  readonly exact?: ReadonlyMap<NumberKeyword, string>;

  /** Lengths count code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Unanchored ECMAScript expression, `u` flag. */
  readonly pattern?: string;
  readonly format?: string;

  readonly prefixItems?: readonly SchemaNode[];
  /** Items after `prefixItems` (older drafts: `items` as a schema, or `additionalItems` behind a tuple). */
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly contains?: SchemaNode;
  /** Meaningful only with `contains`; defaults 1 and unbounded. */
  readonly minContains?: number;
  readonly maxContains?: number;
  /** Since 2020-12 an item that matches `contains` counts as evaluated for `unevaluatedItems`; before, it does not. */
  readonly containsEvaluates?: boolean;
  readonly unevaluatedItems?: SchemaNode;

  readonly properties?: ReadonlyMap<string, SchemaNode>;
  readonly patternProperties?: ReadonlyMap<string, SchemaNode>;
  readonly additionalProperties?: SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly dependentRequired?: ReadonlyMap<string, readonly string[]>;
  readonly dependentSchemas?: ReadonlyMap<string, SchemaNode>;
  readonly unevaluatedProperties?: SchemaNode;

  readonly allOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly not?: SchemaNode;
  readonly if?: SchemaNode;
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;

  /**
   * `$ref`, `$recursiveRef` or `$dynamicRef`, resolved. In drafts up to 07 its siblings are gone (the standard ignores
   * them). Dynamic references are resolved while parsing: a subschema reached under two dynamic scopes becomes two nodes.
   */
  readonly ref?: SchemaNode;

  /** Present also for `default: null`. */
  readonly default?: { readonly value: Json };
  readonly annotations?: Annotations;
}

/** A parsed schema: the root node, and the raw documents it came from for a second validator to judge. */
export interface Schema {
  readonly root: SchemaNode;
  readonly dialect: Dialect;
  /** `format` is an assertion instead of an annotation. */
  readonly assertFormats: boolean;
  readonly raw: Json;
  /** Raw documents by the URI under which `$ref` finds them; without the root. */
  readonly documents: ReadonlyMap<string, Json>;
  /** Some numbers of it are more than a double can hold, and validators that compute with doubles misjudge them. */
  readonly isBeyondDoubles?: true;
  /** A default with such a number, which cannot be filled in. */
  readonly inexactDefault?: SchemaPlace;
  /** Where the root came from: what its relative references are relative to, unless it has an `$id`. */
  readonly base?: string;
}

/** A schema that cannot be understood: what is wrong and where. A user's mistake, so a value and never thrown outwards. */
export interface SchemaProblem {
  readonly at: SchemaPlace;
  readonly message: string;
}
