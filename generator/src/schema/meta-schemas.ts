import { createRequire } from 'node:module';
import type { Json } from './ast.ts';

/** The official meta-schemas, so that a schema may refer to them without a network. Read on first use only. */
const files: ReadonlyMap<string, string> = new Map([
  ['http://json-schema.org/draft-04/schema', 'ajv-draft-04/dist/refs/json-schema-draft-04.json'],
  ['http://json-schema.org/draft-06/schema', 'ajv/dist/refs/json-schema-draft-06.json'],
  ['http://json-schema.org/draft-07/schema', 'ajv/dist/refs/json-schema-draft-07.json'],
  ['https://json-schema.org/draft/2019-09/schema', 'ajv/dist/refs/json-schema-2019-09/schema.json'],
  ...['applicator', 'content', 'core', 'format', 'meta-data', 'validation'].map(
    (name) =>
      [
        `https://json-schema.org/draft/2019-09/meta/${name}`,
        `ajv/dist/refs/json-schema-2019-09/meta/${name}.json`,
      ] as const,
  ),
  ['https://json-schema.org/draft/2020-12/schema', 'ajv/dist/refs/json-schema-2020-12/schema.json'],
  ...['applicator', 'content', 'core', 'format-annotation', 'meta-data', 'unevaluated', 'validation'].map(
    (name) =>
      [
        `https://json-schema.org/draft/2020-12/meta/${name}`,
        `ajv/dist/refs/json-schema-2020-12/meta/${name}.json`,
      ] as const,
  ),
]);

const require = createRequire(import.meta.url);

export function metaSchema(uri: string): Json | undefined {
  const file = files.get(uri);
  if (file === undefined) return undefined;
  const json: Json = require(file);
  return json;
}
