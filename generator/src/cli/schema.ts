import { printJson } from '../diagnostics/json-printer.ts';
import { printText } from '../diagnostics/text-printer.ts';
import { parseAvro } from '../schema/avro/index.ts';
import { type Dialect, type Relation, warmUp } from '../schema/index.ts';
import { answerAvro, compareAvroFiles } from './avro-compare.ts';
import { type AnswerQuestion, runBatch } from './batch.ts';
import { type Comparison, comparisonJson, printComparison } from './comparison.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { answerJsonSchema, compareSchemaFiles, parseJsonSchema } from './schema-compare.ts';
import { type ParseFile, readSchemaFile, type SchemaFile } from './schema-file.ts';
import { screenOf } from './screen.ts';
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
    if (!options.avro) warmUp();
    await runBatch(terminal.input, (line) => terminal.out(line), answer);
    return exitCodes.clean;
  }
  const [old, next] = twoFiles(files);
  const isAvro = options.avro ?? files.some((file) => /\.avsc$/i.test(file));
  const screen = { format: options.format, terminal };
  return isAvro
    ? compareFiles([old, next], { parse: parseAvro, compare: (a, b) => compareAvroFiles(a, b, asked), ...screen })
    : compareFiles([old, next], {
        parse: (raw, text) => parseJsonSchema(raw, text, asked),
        compare: (a, b) => compareSchemaFiles(a, b, asked),
        ...screen,
      });
}

interface Comparing<S> {
  readonly parse: ParseFile<S>;
  readonly compare: (old: SchemaFile<S>, next: SchemaFile<S>) => Comparison;
  readonly format: 'text' | 'json';
  readonly terminal: Terminal;
}

function compareFiles<S>(
  [old, next]: readonly [string, string],
  { parse, compare, format, terminal }: Comparing<S>,
): ExitCode {
  const read = new Map([...new Set([old, next])].map((path) => [path, readSchemaFile(path, parse, example)]));
  const textOf = (path: string): string | undefined => read.get(path)?.text;
  const screen = { ...screenOf(terminal), textOf };
  const [before, after] = [read.get(old)?.file, read.get(next)?.file];
  if (before === undefined || after === undefined) {
    const problems = [...read.values()].flatMap(({ findings }) => findings);
    terminal.out(
      format === 'json'
        ? printJson(problems, { command: 'schema compare' })
        : `${printText(problems, screen)}\nNothing was compared.\n`,
    );
    return exitCodes.failure;
  }
  const compared = compare(before, after);
  terminal.out(format === 'json' ? comparisonJson(compared) : printComparison(compared, screen));
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
