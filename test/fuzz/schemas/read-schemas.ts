import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Json } from '../../../generator/src/schema/index.ts';
import { isObject } from './places.ts';

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, '../../..');

/** Schemas that are here anyway: those that installed packages ship, and this repository's own. */
export function schemasAtHand(): Json[] {
  const shipped = [
    '@octokit/webhooks-schemas/schema.json',
    '@biomejs/biome/configuration_schema.json',
    'ajv-draft-04/dist/refs/json-schema-draft-04.json',
    'ajv/dist/refs/json-schema-draft-06.json',
    'ajv/dist/refs/json-schema-draft-07.json',
    'ajv/dist/refs/json-schema-secure.json',
  ];
  return [
    ...shipped.map((file): Json => require(file)),
    ...jsonBelow(join(root, 'generator/meta-schema')),
    ...jsonBelow(join(root, 'contracts')),
  ];
}

/**
 * A folder of JSON Schemas, or a file of JSON lines: each a schema, or an object whose `old` and `new` are schemas.
 * Throws when it cannot be read or is no JSON.
 */
export function readSchemas(path: string): Json[] {
  if (statSync(path).isDirectory()) return jsonBelow(path);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line): Json[] => {
      const entry: Json = JSON.parse(line);
      return isObject(entry) && entry.old !== undefined && entry.new !== undefined ? [entry.old, entry.new] : [entry];
    });
}

function jsonBelow(folder: string): Json[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file): Json => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}
