import { readFileSync, statSync } from 'node:fs';
import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding, Position } from '../diagnostics/finding.ts';
import { visible } from '../diagnostics/visible.ts';
import { parseJson } from '../loader/json-text.ts';
import { find, pointerTokens, positionOf, SourceText, toJson } from '../loader/located.ts';
import { parseYaml } from '../loader/yaml-text.ts';
import type { Json } from '../schema/index.ts';
import { CannotDo, UsageError } from './usage-error.ts';

/** A schema that was read from a file, and where things stand in it. */
export interface SchemaFile<S> {
  /** As messages print it. */
  readonly name: string;
  readonly text: string;
  readonly schema: S;
  /** A place in the file by its JSON pointer; the nearest thing above it where nothing is written there. */
  locate(pointer: string): Position;
}

/** Makes a schema of what is written, or says what is wrong with it, and where. `text`: what `raw` was read from. */
export type ParseFile<S> = (
  raw: Json,
  text: string,
) => readonly [S | undefined, readonly { readonly at: string; readonly message: string }[]];

export interface ReadFile<S> {
  readonly text: string;
  readonly file?: SchemaFile<S>;
  readonly findings: readonly Finding[];
}

/** JSON, or YAML where the file is called so. `folderHint`: what to say to who names a folder. */
export function readSchemaFile<S>(path: string, parse: ParseFile<S>, folderHint: string): ReadFile<S> {
  const text = readText(path, folderHint);
  const source = new SourceText(path, path, text);
  const [root, findings] = /\.ya?ml$/i.test(path) ? parseYaml(source) : parseJson(source);
  if (root === undefined) return { text, findings };
  const locate = (pointer: string): Position => positionOf(find(root, pointerTokens(pointer) ?? []).span);
  const [schema, problems] = parse(toJson(root), text);
  if (schema !== undefined) return { text, file: { name: visible(path), text, schema, locate }, findings: [] };
  const wrong = problems.map(({ at, message }) =>
    contractFinding('contract/schema', { problem: message }, { at: locate(at), subject: `${path}#${at}` }),
  );
  return { text, findings: wrong };
}

function readText(file: string, folderHint: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file \`${file}\` here.`);
  if (found.isDirectory()) throw new UsageError(`\`${file}\` is a folder, and a schema is a file.`, folderHint);
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new CannotDo(`\`${file}\` cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
