import type { Finding } from '../diagnostics/finding.ts';
import { printJson } from '../diagnostics/json-printer.ts';
import { printText } from '../diagnostics/text-printer.ts';
import type { Dialect, Relation } from '../schema/index.ts';
import { answerAvro, compareAvroFiles } from './avro-compare.ts';
import { type AnswerQuestion, runBatch } from './batch.ts';
import { type Comparison, comparisonJson, printComparison } from './comparison.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { answerJsonSchema, compareSchemaFiles } from './schema-compare.ts';
import { readSchemaFile } from './schema-file.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface SchemaCompareOptions {
  readonly batch?: true;
  readonly avro?: true;
  readonly format: 'text' | 'json';
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
    if (files.length > 0) throw new UsageError('`--batch` reads pairs from standard input and takes no files.');
    if (terminal.isTyped)
      terminal.err('Waiting for pairs, one JSON object a line; Ctrl-D ends. `--help` shows more.\n');
    const answer: AnswerQuestion = options.avro
      ? (question) => answerAvro(question, asked)
      : (question, line) => answerJsonSchema(question, line, asked);
    await runBatch(terminal.input, (line) => terminal.out(line), answer);
    return exitCodes.clean;
  }
  const [old, next] = twoFiles(files);
  const isAvro = options.avro ?? files.some((file) => /\.avsc$/i.test(file));
  const read = new Map([...new Set([old, next])].map((file) => [file, readSchemaFile(file, example)]));
  const textOf = (path: string): string | undefined => read.get(path)?.text;
  const [before, after] = [read.get(old)?.read, read.get(next)?.read];
  const compared: Comparison | readonly Finding[] =
    before === undefined || after === undefined
      ? [...read.values()].flatMap(({ findings }) => findings)
      : isAvro
        ? compareAvroFiles(before, after, asked)
        : compareSchemaFiles(before, after, asked);
  const { colour, width } = terminal;
  if (!('verdict' in compared)) {
    terminal.out(
      options.format === 'json'
        ? printJson(compared, { command: 'schema compare' })
        : `${printText(compared, { colour, width, textOf })}\nNothing was compared.\n`,
    );
    return exitCodes.failure;
  }
  terminal.out(
    options.format === 'json' ? comparisonJson(compared) : printComparison(compared, { colour, width, textOf }),
  );
  return compared.verdict === 'compatible' ? exitCodes.clean : exitCodes.findings;
}

function twoFiles(files: readonly string[]): readonly [string, string] {
  const [old, next, ...more] = files;
  if (old === undefined || next === undefined) {
    throw new UsageError(
      'two schemas are compared: the old file, then the new one.',
      `${example}; what is piped in is read with \`--batch\` only`,
    );
  }
  if (more.length > 0) throw new UsageError(`two schemas are compared, and here are ${files.length} files.`, example);
  return [old, next];
}
