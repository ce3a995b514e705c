import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

/** What cannot be read, in a sentence. */
export class UnreadableSchemas extends Error {}

/**
 * A folder of JSON Schemas, one of them, or a file of JSON lines (`.jsonl`): each a schema, or an object whose `old` and
 * `new` are schemas. Throws `UnreadableSchemas`.
 */
export function readSchemas(path: string): Json[] {
  if (!existsSync(path)) throw new UnreadableSchemas(`'${path}': there is no such file or folder.`);
  const schemas = statSync(path).isDirectory() ? jsonBelow(path) : schemasIn(path);
  if (schemas.length === 0) throw new UnreadableSchemas(`'${path}' holds no schema.`);
  return schemas;
}

function schemasIn(file: string): Json[] {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.jsonl')) return [parse(text, file)];
  return text.split('\n').flatMap((line, index): Json[] => {
    if (line.trim() === '') return [];
    const entry = parse(line, `${file}, line ${index + 1}`);
    return isObject(entry) && entry.old !== undefined && entry.new !== undefined ? [entry.old, entry.new] : [entry];
  });
}

function jsonBelow(folder: string): Json[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => join(folder, file))
    .map((file) => parse(readFileSync(file, 'utf8'), file));
}

function parse(text: string, place: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableSchemas(`${place} is no JSON.`);
  }
}
