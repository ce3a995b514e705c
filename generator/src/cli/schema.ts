import { readFileSync, statSync } from 'node:fs';
import type { Dialect, Relation } from '../schema/index.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { compareFiles, runBatch } from './schema-compare.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface SchemaCompareOptions {
  readonly batch?: true;
  readonly relation: Relation;
  readonly assertFormat?: true;
  readonly dialect: Dialect;
  readonly budget: number;
}

/** `tenet schema compare OLD NEW`, or the line protocol of `--batch`. */
export async function runSchemaCompare(
  files: readonly string[],
  options: SchemaCompareOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { relation, dialect, budget: budgetMs, assertFormat = false } = options;
  const asked = { relation, assertFormats: assertFormat, budgetMs };
  if (options.batch) {
    if (files.length > 0) throw new UsageError('`--batch` reads pairs from standard input and takes no files.');
    await runBatch(terminal.input, (line) => terminal.out(line), asked);
    return exitCodes.clean;
  }
  const [old, next] = files;
  if (old === undefined || next === undefined) {
    throw new UsageError(
      'two schemas are compared: the old file, then the new one.',
      '`tenet schema compare old.json new.json`',
    );
  }
  const report = compareFiles(readJsonText(old), readJsonText(next), { ...asked, dialect, names: [old, next] });
  terminal.out(report.text);
  return report.exitCode === 0 ? exitCodes.clean : exitCodes.findings;
}

function readJsonText(file: string): string {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`there is no file \`${file}\` here.`);
  const text = readFileSync(file, 'utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`\`${file}\` is not JSON: ${first}.`);
  }
}
