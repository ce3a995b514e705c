import type { Annotations, Dialect, Json, JsonObject, JsonType } from './ast.ts';
import { isKnown } from './dialects.ts';
import type { Draft } from './drafts.ts';
import { compilePattern } from './patterns.ts';
import { isList, isObject, type Position } from './resources.ts';

/** The keywords of one subschema that hold no subschemas themselves, and how all of them are read. */
const jsonTypes: readonly JsonType[] = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

export function readAnnotations(node: Draft, read: Keywords): void {
  const fallback = read.raw('default');
  if (fallback !== undefined) node.default = { value: fallback };
  const title = read.raw('title');
  const description = read.raw('description');
  const deprecated = read.raw('deprecated');
  const examples = read.raw('examples');
  const brand = read.raw('x-tenet-brand');
  const annotations: Annotations = {
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description }),
    ...(typeof deprecated === 'boolean' && { deprecated }),
    ...(isList(examples) && { examples }),
    ...(typeof brand === 'string' && { brand }),
  };
  if (Object.keys(annotations).length > 0) node.annotations = annotations;
}

export function readScalars(node: Draft, read: Keywords): void {
  const types = read.types();
  if (types !== undefined) node.types = types;
  const values = read.list('enum');
  const constant = read.raw('const');
  if (values !== undefined) node.enum = values;
  if (constant !== undefined) {
    // Both may be written; a conjunction of the two needs a second node.
    if (values === undefined) node.enum = [constant];
    else node.allOf = [{ at: node.at, enum: [constant] }];
  }
  for (const [keyword, bound] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const limit = read.number(keyword);
    if (read.dialect === 'draft-04') {
      const exclusive = read.flag(bound) === true;
      if (limit !== undefined) node[exclusive ? bound : keyword] = limit;
      continue;
    }
    if (limit !== undefined) node[keyword] = limit;
    const exclusive = read.number(bound);
    if (exclusive !== undefined) node[bound] = exclusive;
  }
  const step = read.number('multipleOf');
  if (step !== undefined) {
    if (step > 0) node.multipleOf = step;
    else read.problem('multipleOf', "'multipleOf' must be greater than 0.");
  }
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

/** The keywords of one subschema, each in the kind of value that it must have; a keyword unknown to the dialect is absent. */
export class Keywords {
  readonly dialect: Dialect;
  readonly problem: (keyword: string, message: string) => void;
  readonly #raw: JsonObject;

  constructor(position: Position, raw: JsonObject, problem: (keyword: string, message: string) => void) {
    this.dialect = position.resource.dialect;
    this.#raw = raw;
    this.problem = problem;
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
    return this.#read(keyword, 'a number', (v) => (typeof v === 'number' && Number.isFinite(v) ? v : undefined));
  }

  count(keyword: string): number | undefined {
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
