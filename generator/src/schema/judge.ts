import { createRequire } from 'node:module';
import type Ajv from 'ajv';
import type { Dialect, Json, Schema, SchemaNode } from './ast.ts';
import { dialectOfUri, refHidesSiblings } from './dialects.ts';
import { metaSchema } from './meta-schemas.ts';
import { compilePattern } from './patterns.ts';
import { isObject } from './resources.ts';

/**
 * The second opinion: Ajv, in the flavour of the schema's dialect, over the raw documents and not over our nodes. Ajv is
 * loaded when the first witness needs it, because most runs never do.
 */
type Judge = (value: Json) => boolean | undefined;

const require = createRequire(import.meta.url);
const judges = new WeakMap<SchemaNode, Judge>();

const flavours: Readonly<Record<Dialect, string>> = {
  'draft-04': 'ajv-draft-04',
  'draft-06': 'ajv',
  'draft-07': 'ajv',
  '2019-09': 'ajv/dist/2019.js',
  '2020-12': 'ajv/dist/2020.js',
};

function regExp(pattern: string): RegExp {
  return compilePattern(pattern) ?? /(?!)/;
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

function make(schema: Schema): Judge {
  const { dialect } = schema;
  const AjvClass = load(dialect);
  const ajv = new AjvClass({
    strict: false,
    validateFormats: schema.assertFormats,
    unicodeRegExp: true,
    logger: false,
    // Our own reader has checked the schema; compiling the meta-schema would cost more than the judgement.
    validateSchema: false,
    ...(refHidesSiblings(dialect) && { ignoreKeywordsWithRef: true }),
    // Each judge is used for a value or two: what counts is how soon it is there.
    messages: false,
    code: { regExp, optimize: false },
  });
  if (schema.assertFormats) {
    const formats: { default: (to: unknown) => void } = require('ajv-formats');
    formats.default(ajv);
  }
  if (dialect === 'draft-06') {
    const meta = metaSchema('http://json-schema.org/draft-06/schema');
    if (isObject(meta)) ajv.addMetaSchema(meta);
  }
  for (const [uri, document] of schema.documents) {
    if (isObject(document) && uri !== schema.base) ajv.addSchema(document, uri);
  }
  const raw = withoutForeignDialect(schema.raw);
  if (typeof raw !== 'boolean' && !isObject(raw)) return () => undefined;
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

/** What Ajv says of a value; undefined when Ajv cannot cope with the schema or the value. */
export function secondOpinion(schema: Schema, value: Json): boolean | undefined {
  let judge = judges.get(schema.root);
  if (judge === undefined) {
    try {
      judge = make(schema);
    } catch {
      judge = () => undefined;
    }
    judges.set(schema.root, judge);
  }
  return judge(value);
}
