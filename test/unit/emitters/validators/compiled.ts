import { stripTypeScriptTypes } from 'node:module';
import * as validation from '@tenet/runtime/validation';
import { emitValidators } from '../../../../generator/src/emitters/sdk/validators/emit-validators.ts';
import type { Dialect, Json, Schema } from '../../../../generator/src/schema/ast.ts';
import { parseSchema } from '../../../../generator/src/schema/parse.ts';

export function parsed(raw: Json, dialect: Dialect = '2020-12', assertFormats = false): Schema {
  const [schema, problems] = parseSchema(raw, { dialect, assertFormats });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return schema;
}

/** The generated functions, brought to life. */
export function compiled(schema: Schema): validation.SchemaFunctions {
  const { code, functions } = emitValidators(schema, 'Event');
  const script = `${stripTypeScriptTypes(code)}\nreturn ${functions};`;
  return new Function('$v', script)(validation);
}

export function validatorsOf(
  raw: Json,
  dialect: Dialect = '2020-12',
  assertFormats = false,
): validation.Validators<unknown> {
  return validation.defineValidators(compiled(parsed(raw, dialect, assertFormats)));
}
