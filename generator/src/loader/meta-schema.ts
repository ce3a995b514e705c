import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';

/**
 * The published meta-schemas, the very files that editors complete with (`contracts/schema` holds copies of them).
 * They travel with the package, so a workspace needs none of its own.
 */
export const metaSchemas = ['contract', 'workspace', 'owners', 'policies', 'exceptions'] as const;
export type MetaSchema = (typeof metaSchemas)[number];

let ajv: Ajv | undefined;

export function validatorOf(name: MetaSchema): ValidateFunction {
  ajv ??= prepare();
  const validate = ajv.getSchema(`${name}.schema.json`);
  if (validate === undefined) throw new Error(`The package lacks its meta-schema ${name}.`);
  return validate;
}

function prepare(): Ajv {
  const made = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajvFormats.default(made, ['date']);
  made.addVocabulary(['x-tenet-kind', 'enumDescriptions', 'markdownEnumDescriptions']);
  for (const name of metaSchemas) made.addSchema(readMetaSchema(name), `${name}.schema.json`);
  return made;
}

/** Both `src/loader` and `dist/loader` lie two folders below the package's root. */
export function readMetaSchema(name: MetaSchema): object {
  return JSON.parse(readFileSync(new URL(`../../meta-schema/${name}.schema.json`, import.meta.url), 'utf8'));
}

/** Ajv's own errors without those that only say that another one exists. */
export function violations(validate: ValidateFunction, json: unknown): ErrorObject[] {
  if (validate(json)) return [];
  return (validate.errors ?? []).filter(
    ({ keyword, params }) =>
      keyword !== 'if' && keyword !== 'anyOf' && keyword !== 'propertyNames' && params.missingProperty !== '$ref',
  );
}
