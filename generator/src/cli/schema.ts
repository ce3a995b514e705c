import { readFileSync, statSync } from 'node:fs';
import { contractFinding } from '../diagnostics/catalogue.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { printText } from '../diagnostics/text-printer.ts';
import { visible } from '../diagnostics/visible.ts';
import { parseJson } from '../loader/json-text.ts';
import { find, pointerTokens, positionOf, SourceText, toJson } from '../loader/located.ts';
import { parseYaml } from '../loader/yaml-text.ts';
import { type Dialect, parseSchema, type Relation, warmUp } from '../schema/index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { compareSchemas, type NamedSchema, runBatch } from './schema-compare.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo, UsageError } from './usage-error.ts';

export interface SchemaCompareOptions {
  readonly batch?: true;
  readonly relation: Relation;
  readonly assertFormat?: true;
  readonly dialect: Dialect;
  readonly budget: number;
}

const example = '`tenet schema compare old.json new.json`';

/** `tenet schema compare OLD NEW`, or the line protocol of `--batch`. */
export async function runSchemaCompare(
  files: readonly string[],
  options: SchemaCompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { relation, dialect, budget: budgetMs, assertFormat = false } = options;
  const asked = { relation, assertFormats: assertFormat, budgetMs, dialect };
  if (options.batch) {
    warmUp();
    if (files.length > 0) throw new UsageError('`--batch` reads pairs from standard input and takes no files.');
    if (terminal.isTyped)
      terminal.err('Waiting for pairs, one JSON object a line; Ctrl-D ends. `--help` shows more.\n');
    await runBatch(terminal.input, (line) => terminal.out(line), asked);
    return exitCodes.clean;
  }
  const [old, next, ...more] = files;
  if (old === undefined || next === undefined) {
    throw new UsageError(
      'two schemas are compared: the old file, then the new one.',
      `${example}; what is piped in is read with \`--batch\` only`,
    );
  }
  if (more.length > 0) throw new UsageError(`two schemas are compared, and here are ${files.length} files.`, example);
  const read = new Map([...new Set([old, next])].map((file) => [file, readSchema(file, readText(file), asked)]));
  const [before, after] = [read.get(old)?.schema, read.get(next)?.schema];
  if (before === undefined || after === undefined) {
    const problems = [...read.values()].flatMap(({ findings }) => findings);
    const textOf = (path: string): string | undefined => read.get(path)?.text;
    const { colour, width } = terminal;
    terminal.out(`${printText(problems, { colour, width, textOf })}\nNothing was compared.\n`);
    return exitCodes.failure;
  }
  const report = compareSchemas(before, after, asked);
  terminal.out(report.text);
  return report.exitCode === 0 ? exitCodes.clean : exitCodes.findings;
}

function readText(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file \`${file}\` here.`);
  if (found.isDirectory()) throw new UsageError(`\`${file}\` is a folder, and a schema is a file.`, example);
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new CannotDo(`\`${file}\` cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

interface ReadSchema {
  readonly text: string;
  readonly schema?: NamedSchema;
  readonly findings: readonly Finding[];
}

/** JSON, or YAML where the file is called so; every problem of it with its place. */
function readSchema(
  file: string,
  text: string,
  options: { readonly dialect: Dialect; readonly assertFormats: boolean },
): ReadSchema {
  const source = new SourceText(file, file, text);
  const [root, findings] = /\.ya?ml$/i.test(file) ? parseYaml(source) : parseJson(source);
  if (root === undefined) return { text, findings };
  const raw = toJson(root);
  const [parsed, problems] = parseSchema(raw, options);
  if (parsed !== undefined) return { text, schema: { name: visible(file), raw, text }, findings: [] };
  const wrong = problems.map(({ at, message }) =>
    contractFinding(
      'contract/schema',
      { problem: message },
      { at: positionOf(find(root, pointerTokens(at.pointer) ?? []).span), subject: `${file}#${at.pointer}` },
    ),
  );
  return { text, findings: wrong };
}
