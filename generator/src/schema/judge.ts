import { createRequire } from 'node:module';
import type Ajv from 'ajv';
import type { Dialect, Json, Schema, SchemaNode } from './ast.ts';
import { dialectOfUri, refHidesSiblings } from './dialects.ts';
import { isLarger } from './json.ts';
import { metaSchema } from './meta-schemas.ts';
import { matchesNatively } from './patterns.ts';
import { memberNames, relevantTo } from './relevant.ts';
import { isObject } from './resources.ts';

/**
 * The second opinion: Ajv, in the flavour of the schema's dialect, over the raw documents and not over our nodes. Ajv is
 * loaded when the first witness needs it, because most runs never do.
 */
type Judge = (value: Json) => boolean | undefined;

const require = createRequire(import.meta.url);

interface KnownJudge {
  readonly extent: Extent;
  readonly judge: Judge;
}

const judges = new WeakMap<SchemaNode, KnownJudge>();

const flavours: Readonly<Record<Dialect, string>> = {
  'draft-04': 'ajv-draft-04',
  'draft-06': 'ajv',
  'draft-07': 'ajv',
  '2019-09': 'ajv/dist/2019.js',
  '2020-12': 'ajv/dist/2020.js',
};

function regExp(pattern: string): { test(text: string): boolean; toString(): string } {
  // Ajv keeps what it is given by its text.
  return { test: (text) => matchesNatively(pattern, text), toString: () => pattern };
}
regExp.code = 'new RegExp';

function load(dialect: Dialect): typeof Ajv.default {
  const module: { default: typeof Ajv.default } = require(flavours[dialect]);
  return module.default;
}

/** `$schema` of somebody's own is no meta-schema to load, and says nothing that `dialect` does not. */
function withoutForeignDialect(raw: Json): Json {
  if (!isObject(raw) || typeof raw.$schema !== 'string' || dialectOfUri(raw.$schema) !== 'foreign') return raw;
  const { $schema: _foreign, ...rest } = raw;
  return rest;
}

/** How much of a schema Ajv is given: all of it with the meta-schemas, or what is relevant to members of these names. */
type Extent = 'all' | ReadonlySet<string>;

/** Objects of a schema that Ajv compiles in about a second; it cannot be interrupted. */
const mostParts = 10_000;

function make(schema: Schema, extent: Extent): Judge {
  const { dialect } = schema;
  const AjvClass = load(dialect);
  const ajv = new AjvClass({
    strict: false,
    validateFormats: schema.assertFormats,
    unicodeRegExp: true,
    logger: false,
    // Our own reader has checked the schema; compiling the meta-schema would cost more than the judgement.
    validateSchema: false,
    meta: extent === 'all',
    ...(refHidesSiblings(dialect) && { ignoreKeywordsWithRef: true }),
    // Each judge is used for a value or two: what counts is how soon it is there.
    messages: false,
    loopRequired: 1,
    loopEnum: 1,
    code: { regExp, optimize: false },
  });
  if (schema.assertFormats) {
    const formats: { default: (to: unknown) => void } = require('ajv-formats');
    formats.default(ajv);
  }
  if (dialect === 'draft-06' && extent === 'all') {
    const meta = metaSchema('http://json-schema.org/draft-06/schema');
    if (isObject(meta)) ajv.addMetaSchema(meta);
  }
  for (const [uri, document] of schema.documents) {
    if (isObject(document) && uri !== schema.base) ajv.addSchema(document, uri);
  }
  const whole = withoutForeignDialect(schema.raw);
  const raw = extent === 'all' ? whole : relevantTo(extent, whole, dialect);
  if (typeof raw !== 'boolean' && !isObject(raw)) throw new TypeError('not a schema that can be compiled');
  if (isLarger(raw, mostParts)) throw new RangeError('more than Ajv compiles in a second');
  const validate = compiled(ajv, raw, schema.base);
  return (value) => {
    try {
      return validate(value) === true;
    } catch {
      return undefined;
    }
  };
}

/** Under the address that it came from, so that references relative to that lead to where ours do. */
function compiled(ajv: Ajv.default, raw: boolean | object, base: string | undefined): Ajv.ValidateFunction {
  if (base === undefined || typeof raw === 'boolean') return ajv.compile(raw);
  ajv.addSchema(raw, base);
  const validate = ajv.getSchema(base);
  if (validate === undefined) throw new Error(`nothing is known under ${base}`);
  return validate;
}

/**
 * What Ajv says of a value; undefined when Ajv cannot cope with the schema or the value. It is given what is relevant to
 * the value, and all of the schema where that does not compile.
 */
export function secondOpinion(schema: Schema, value: Json): boolean | undefined {
  const names = memberNames(value);
  let known = judges.get(schema.root);
  if (known === undefined || !covers(known.extent, names)) {
    known = attempt(schema, names) ?? attempt(schema, 'all') ?? { extent: 'all', judge: () => undefined };
    judges.set(schema.root, known);
  }
  return known.judge(value);
}

function covers(extent: Extent, names: ReadonlySet<string>): boolean {
  return extent === 'all' || [...names].every((name) => extent.has(name));
}

function attempt(schema: Schema, extent: Extent): KnownJudge | undefined {
  try {
    return { extent, judge: make(schema, extent) };
  } catch {
    return undefined;
  }
}
