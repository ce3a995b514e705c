import { readFileSync, statSync } from 'node:fs';
import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding, Position } from '../diagnostics/finding.ts';
import { visible } from '../diagnostics/visible.ts';
import { parseJson } from '../loader/json-text.ts';
import { find, pointerTokens, positionOf, SourceText, toJson } from '../loader/located.ts';
import { parseYaml } from '../loader/yaml-text.ts';
import type { Json } from '../schema/index.ts';
import { CannotDo, UsageError } from './usage-error.ts';

/** A file that holds JSON or YAML, and where things stand in it. */
export interface SchemaFile {
  /** As messages print it. */
  readonly name: string;
  readonly text: string;
  readonly raw: Json;
  /** A place in the file by its JSON pointer; the nearest thing above it where nothing is written there. */
  locate(pointer: string): Position;
}

/** JSON, or YAML where the file is called so. `folderHint`: what to say to who names a folder. */
export function readSchemaFile(
  file: string,
  folderHint: string,
): { readonly text: string; readonly read: SchemaFile | undefined; readonly findings: readonly Finding[] } {
  const text = readText(file, folderHint);
  const source = new SourceText(file, file, text);
  const [root, findings] = /\.ya?ml$/i.test(file) ? parseYaml(source) : parseJson(source);
  if (root === undefined) return { text, read: undefined, findings };
  const locate = (pointer: string): Position => positionOf(find(root, pointerTokens(pointer) ?? []).span);
  return { text, read: { name: visible(file), text, raw: toJson(root), locate }, findings: [] };
}

/** What is wrong with the schema in a file. */
export function schemaFinding({ name, locate }: SchemaFile, pointer: string, problem: string): Finding {
  return contractFinding('contract/schema', { problem }, { at: locate(pointer), subject: `${name}#${pointer}` });
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
