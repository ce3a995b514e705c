import type { Annotations, Dialect, Json, JsonObject, JsonType, NumberKeyword, SchemaNode } from './ast.ts';
import { isKnown } from './dialects.ts';
import type { Draft } from './drafts.ts';
import { type InexactNumbers, isBeyondReason } from './exact-json.ts';
import { compilePattern } from './patterns.ts';
import { isList, isObject, type Position } from './resources.ts';

/** The keywords of one subschema that hold no subschemas themselves, and how all of them are read. */
const jsonTypes: readonly JsonType[] = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

export function readAnnotations(node: Draft, read: Keywords): void {
  if (!read.has('annotations')) return;
  const fallback = read.raw('default');
  if (fallback !== undefined) node.default = { value: fallback };
  if (read.exact('default') !== undefined || (fallback !== undefined && read.holdsInexact(fallback))) {
    read.noteInexactDefault();
  }
  const annotations: { -readonly [K in keyof Annotations]: Annotations[K] } = {};
  const title = read.raw('title');
  if (typeof title === 'string') annotations.title = title;
  const description = read.raw('description');
  if (typeof description === 'string') annotations.description = description;
  const deprecated = read.raw('deprecated');
  if (typeof deprecated === 'boolean') annotations.deprecated = deprecated;
  const examples = read.raw('examples');
  if (isList(examples)) annotations.examples = examples;
  const brand = read.raw('x-tenet-brand');
  if (typeof brand === 'string') annotations.brand = brand;
  if (Object.keys(annotations).length > 0) node.annotations = annotations;
}

export function readScalars(node: Draft, read: Keywords): void {
  if (read.has('values')) readValues(node, read);
  if (read.has('numbers')) readNumbers(node, read);
  if (read.has('strings')) readStrings(node, read);
}

function readValues(node: Draft, read: Keywords): void {
  const types = read.types();
  if (types !== undefined) node.types = types;
  const values = read.list('enum');
  const constant = read.raw('const');
  if (values !== undefined) readList(node, values, read, (index) => read.exactItem('enum', index));
  if (constant !== undefined) readList(node, [constant], read, () => read.exact('const'));
}

/** One of these values; what is inexact among them becomes a pair of bounds, which are compared exactly. */
function readList(
  node: Draft,
  values: readonly Json[],
  read: Keywords,
  exactAt: (index: number) => string | undefined,
): void {
  const { at } = node;
  const bounds: SchemaNode[] = [];
  const listed = values.filter((value, index) => {
    const text = exactAt(index);
    if (text === undefined || typeof value !== 'number') return true;
    if (isBeyondReason(text)) read.problem('enum', beyondReason);
    const exact = new Map([['minimum', text] as const, ['maximum', text] as const]);
    bounds.push({ at, types: ['number'], minimum: value, maximum: value, exact });
    return false;
  });
  if (listed.some((value) => read.holdsInexact(value))) {
    read.problem('enum', 'A number inside an object or array here is more than a double can hold.');
  }
  // Both `enum` and `const` may be written; a conjunction of the two needs a second node.
  if (bounds.length === 0 && node.enum === undefined) node.enum = listed;
  else {
    const exactly: readonly SchemaNode[] = listed.length === 0 ? [] : [{ at, enum: listed }];
    node.allOf = [...(node.allOf ?? []), { at, anyOf: [...exactly, ...bounds] }];
  }
}

function readNumbers(node: Draft, read: Keywords): void {
  const exact = new Map<NumberKeyword, string>();
  const keep = (as: NumberKeyword, keyword: NumberKeyword, value: number): void => {
    node[as] = value;
    const text = read.exact(keyword);
    if (text !== undefined) exact.set(as, text);
  };
  for (const [keyword, bound] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const limit = read.number(keyword);
    if (read.dialect === 'draft-04') {
      const exclusive = read.flag(bound) === true;
      if (limit !== undefined) keep(exclusive ? bound : keyword, keyword, limit);
      continue;
    }
    if (limit !== undefined) keep(keyword, keyword, limit);
    const exclusive = read.number(bound);
    if (exclusive !== undefined) keep(bound, bound, exclusive);
  }
  const step = read.number('multipleOf');
  const isPositive = step !== undefined && (step > 0 || read.exact('multipleOf')?.startsWith('-') === false);
  if (isPositive) keep('multipleOf', 'multipleOf', step);
  else if (step !== undefined) read.problem('multipleOf', "'multipleOf' must be greater than 0.");
  if (exact.size > 0) node.exact = exact;
}

function readStrings(node: Draft, read: Keywords): void {
  const minLength = read.count('minLength');
  if (minLength !== undefined) node.minLength = minLength;
  const maxLength = read.count('maxLength');
  if (maxLength !== undefined) node.maxLength = maxLength;
  const pattern = read.text('pattern');
  if (pattern !== undefined) {
    read.checkPattern('pattern', pattern);
    node.pattern = pattern;
  }
  const format = read.text('format');
  if (format !== undefined) node.format = format;
}

/** Most subschemas have keywords of one or two families, so the others need not be looked for one by one. */
const families = {
  annotations: ['default', 'title', 'description', 'deprecated', 'examples', 'x-tenet-brand'],
  values: ['type', 'enum', 'const'],
  numbers: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  strings: ['minLength', 'maxLength', 'pattern', 'format'],
  arrays: [
    'items',
    'additionalItems',
    'prefixItems',
    'minItems',
    'maxItems',
    'uniqueItems',
    'contains',
    'minContains',
    'maxContains',
    'unevaluatedItems',
  ],
  objects: [
    'properties',
    'patternProperties',
    'additionalProperties',
    'propertyNames',
    'required',
    'minProperties',
    'maxProperties',
    'dependencies',
    'dependentRequired',
    'dependentSchemas',
    'unevaluatedProperties',
  ],
  references: ['$ref', '$recursiveRef', '$dynamicRef'],
  combinations: ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
} as const;

type Family = keyof typeof families;

const familyOf: ReadonlyMap<string, string> = new Map(
  Object.entries(families).flatMap(([family, keywords]) => keywords.map((keyword) => [keyword, family] as const)),
);

const beyondReason = 'This number has more digits than anybody computes with.';

export interface KeywordsContext {
  /** Numbers of the document that no double holds; usually there are none. */
  readonly inexact: InexactNumbers | undefined;
  readonly problem: (keyword: string, message: string) => void;
  readonly noteInexactDefault: () => void;
}

/** The keywords of one subschema, each in the kind of value that it must have; a keyword unknown to the dialect is absent. */
export class Keywords {
  readonly dialect: Dialect;
  readonly problem: (keyword: string, message: string) => void;
  readonly noteInexactDefault: () => void;
  readonly #raw: JsonObject;
  readonly #inexact: InexactNumbers | undefined;
  readonly #families = new Set<string>();

  constructor(position: Position, raw: JsonObject, context: KeywordsContext) {
    this.dialect = position.resource.dialect;
    this.#raw = raw;
    this.#inexact = context.inexact;
    this.problem = context.problem;
    this.noteInexactDefault = context.noteInexactDefault;
    for (const keyword of Object.keys(raw)) {
      const family = familyOf.get(keyword);
      if (family !== undefined) this.#families.add(family);
    }
  }

  /** Whether any keyword of the family is written. */
  has(family: Family): boolean {
    return this.#families.has(family);
  }

  raw(keyword: string): Json | undefined {
    return Object.hasOwn(this.#raw, keyword) && isKnown(keyword, this.dialect) ? this.#raw[keyword] : undefined;
  }

  #read<T>(keyword: string, what: string, accept: (value: Json) => T | undefined): T | undefined {
    const value = this.raw(keyword);
    if (value === undefined) return undefined;
    const accepted = accept(value);
    if (accepted === undefined) this.problem(keyword, `'${keyword}' must be ${what}.`);
    return accepted;
  }

  /** The number of a keyword in canonical form, where no double holds it. */
  exact(keyword: string): string | undefined {
    return this.#inexact?.get(this.#raw)?.get(keyword);
  }

  exactItem(keyword: string, index: number): string | undefined {
    const list = this.#raw[keyword];
    return isList(list) ? this.#inexact?.get(list)?.get(String(index)) : undefined;
  }

  /** Whether such a number stands anywhere inside the object or array. */
  holdsInexact(value: Json): boolean {
    if (this.#inexact === undefined || typeof value !== 'object' || value === null) return false;
    return this.#inexact.has(value) || Object.values(value).some((inner) => this.holdsInexact(inner));
  }

  schema(keyword: string): Json | undefined {
    return this.#read(keyword, 'a schema', (v) => (typeof v === 'boolean' || isObject(v) ? v : undefined));
  }

  list(keyword: string): readonly Json[] | undefined {
    return this.#read(keyword, 'a list', (v) => (isList(v) ? v : undefined));
  }

  map(keyword: string): JsonObject | undefined {
    return this.#read(keyword, 'an object', (v) => (isObject(v) ? v : undefined));
  }

  text(keyword: string): string | undefined {
    return this.#read(keyword, 'a string', (v) => (typeof v === 'string' ? v : undefined));
  }

  flag(keyword: string): boolean | undefined {
    return this.#read(keyword, 'true or false', (v) => (typeof v === 'boolean' ? v : undefined));
  }

  number(keyword: string): number | undefined {
    const exact = this.exact(keyword);
    if (exact !== undefined && isBeyondReason(exact)) {
      this.problem(keyword, beyondReason);
      return undefined;
    }
    const isNumber = (v: Json): v is number => typeof v === 'number' && (Number.isFinite(v) || exact !== undefined);
    return this.#read(keyword, 'a number', (v) => (isNumber(v) ? v : undefined));
  }

  count(keyword: string): number | undefined {
    if (this.exact(keyword) !== undefined) {
      this.problem(keyword, `'${keyword}' is a number that no double holds.`);
      return undefined;
    }
    const isCount = (v: Json): number | undefined => (Number.isInteger(v) && Number(v) >= 0 ? Number(v) : undefined);
    return this.#read(keyword, 'a whole number, 0 or more', isCount);
  }

  names(keyword: string): readonly string[] | undefined {
    const isNames = (v: Json): readonly string[] | undefined =>
      isList(v) && v.every((item) => typeof item === 'string') ? v : undefined;
    return this.#read(keyword, 'a list of names', isNames);
  }

  types(): readonly JsonType[] | undefined {
    return this.#read('type', 'one of the seven JSON types, or a list of them', (value) => {
      const named: readonly Json[] = isList(value) ? value : [value];
      const types = jsonTypes.filter((type) => named.includes(type));
      return types.length > 0 && named.every((name) => jsonTypes.some((type) => type === name)) ? types : undefined;
    });
  }

  checkPattern(keyword: string, pattern: string): void {
    if (compilePattern(pattern) === undefined)
      this.problem(keyword, `'${pattern}' is not a regular expression of ECMAScript.`);
  }
}
