import {
  registerSchema,
  type SchemaObject,
  setShouldValidateFormat,
  setShouldValidateSchema,
  unregisterSchema,
  validate,
} from '@hyperjump/json-schema/draft-2020-12';
import '@hyperjump/json-schema/draft-2019-09';
import '@hyperjump/json-schema/draft-07';
import '@hyperjump/json-schema/draft-06';
import '@hyperjump/json-schema/draft-04';
import '@hyperjump/json-schema/formats';
import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { hidesSiblings, schemaUris } from '../keywords.ts';
import { identityOf } from '../schemas/mutate.ts';
import { isObject, rewriteAll, without } from '../schemas/places.ts';
import { supplyDialects } from './hyperjump-dialects.ts';
import type { Validator } from './judge.ts';

supplyDialects();
setShouldValidateSchema(false);

let compiled = 0;

/** By one of the authors of the standard; an interpreter, where Ajv is a compiler: they share no code and few mistakes. */
export const hyperjump: Validator = {
  name: 'hyperjump',
  compile: async ({ raw, dialect, assertFormats }) => {
    const uri = `https://judge.example/${compiled++}`;
    registerSchema(readable(raw, dialect) as boolean | SchemaObject, uri, schemaUris[dialect]);
    try {
      const judge = await validate(uri);
      return (value) => {
        // One switch for the whole library.
        setShouldValidateFormat(assertFormats);
        try {
          return judge(value as never).valid;
        } catch {
          return undefined;
        }
      };
    } finally {
      unregisterSchema(uri);
    }
  },
};

/**
 * To this library nothing at all stands beside a `$ref` in drafts up to 07, not even the definitions that other
 * references mean. The standard only says that they have no effect.
 */
function readable(raw: Json, dialect: Dialect): Json {
  if (!hidesSiblings(dialect)) return raw;
  return rewriteAll(raw, dialect, (schema: JsonObject) => {
    const { definitions } = schema;
    if (schema.$ref === undefined || !isObject(definitions)) return schema;
    return { ...identityOf(schema), allOf: [without(schema, ...Object.keys(identityOf(schema)))] };
  });
}
