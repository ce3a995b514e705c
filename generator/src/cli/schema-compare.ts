import { jsonLines } from '../diagnostics/json-lines.ts';
import {
  compare,
  type Dialect,
  dialects,
  parseSchema,
  type Relation,
  type Schema,
  type Verdict,
} from '../schema/index.ts';

/**
 * `tenet schema compare`: two schemas for people, or a stream of pairs for programs. The batch protocol is one JSON object
 * a line each way, in the same order; a line that cannot be read is answered `unknown` and the next one is read.
 */
export interface BatchOptions {
  readonly relation: Relation;
  readonly assertFormats: boolean;
  readonly budgetMs: number;
}

interface Answer {
  readonly verdict: Verdict;
  readonly micros: number;
}

export async function runBatch(
  input: AsyncIterable<string>,
  write: (line: string) => void,
  options: BatchOptions,
): Promise<void> {
  for await (const line of lines(input)) {
    if (line.trim() !== '') write(`${answerLine(line, options)}\n`);
  }
}

/** The input may come in chunks that know nothing of lines. */
async function* lines(input: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

function answerLine(line: string, options: BatchOptions): string {
  let question: unknown;
  try {
    question = JSON.parse(line);
  } catch {
    return JSON.stringify({ id: null, verdict: 'unknown', reason: 'the line is not JSON', micros: 0 });
  }
  const fields = typeof question === 'object' && question !== null ? question : {};
  const id = 'id' in fields ? fields.id : null;
  try {
    const { verdict, micros } = answer(fields, options);
    return JSON.stringify({ id, ...verdict, micros });
  } catch (error) {
    // A mistake of ours: the pair stays undecided, the batch goes on.
    const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
    return JSON.stringify({ id, verdict: 'unknown', reason, micros: 0 });
  }
}

function answer(fields: object, { relation, assertFormats, budgetMs }: BatchOptions): Answer {
  const named = 'dialect' in fields ? fields.dialect : undefined;
  const dialect = named === undefined ? '2020-12' : dialects.find((known) => known === named);
  const refuse = (reason: string): Answer => ({ verdict: { verdict: 'unknown', reason }, micros: 0 });
  if (dialect === undefined) return refuse(`'${String(named)}' is not a dialect`);
  if (!('old' in fields) || !('new' in fields)) return refuse("a question needs 'old' and 'new'");
  const started = performance.now();
  const verdict = decide(fields.old, fields.new, { relation, assertFormats, budgetMs, dialect });
  return { verdict, micros: Math.round((performance.now() - started) * 1_000) };
}

interface DecideOptions extends BatchOptions {
  readonly dialect: Dialect;
}

function decide(old: unknown, next: unknown, options: DecideOptions): Verdict {
  const { dialect, assertFormats, relation, budgetMs } = options;
  const sides: Schema[] = [];
  for (const [name, raw] of [
    ['old', old],
    ['new', next],
  ] as const) {
    const [schema, problems] = parseSchema(raw, { dialect, assertFormats });
    if (schema === undefined) {
      const at = problems[0]?.at.pointer ?? '';
      return { verdict: 'unknown', reason: `${name}${at === '' ? '' : ` at ${at}`}: ${problems[0]?.message ?? ''}` };
    }
    sides.push(schema);
  }
  const [a, b] = sides;
  if (a === undefined || b === undefined) return { verdict: 'unknown', reason: 'a schema is missing' };
  return compare(a, b, { relation, budgetMs });
}

/** What `tenet schema compare OLD NEW` says, and its exit code: 0 compatible, 100 otherwise. */
export interface CompareReport {
  readonly text: string;
  readonly exitCode: 0 | 100;
}

export interface CompareFilesOptions extends BatchOptions {
  readonly dialect: Dialect;
  /** How the two are called in the answer; default 'old' and 'new'. */
  readonly names?: readonly [string, string];
}

export function compareFiles(oldText: string, newText: string, options: CompareFilesOptions): CompareReport {
  const [oldName, newName] = options.names ?? ['old', 'new'];
  const read = (text: string, name: string): { raw: unknown } | CompareReport => {
    try {
      return { raw: JSON.parse(text) };
    } catch (error) {
      return { text: `Cannot read ${name}: ${error instanceof Error ? error.message : ''}\n`, exitCode: 100 };
    }
  };
  const old = read(oldText, oldName);
  if ('text' in old) return old;
  const next = read(newText, newName);
  if ('text' in next) return next;
  const verdict = decide(old.raw, next.raw, options);
  const events = options.relation === 'events';
  switch (verdict.verdict) {
    case 'compatible': {
      const all = events
        ? `a consumer of ${newName} understands every event that a producer of ${oldName} sends`
        : `${newName} accepts everything that ${oldName} accepts`;
      return { text: `Compatible: ${all}.\n`, exitCode: 0 };
    }
    case 'incompatible': {
      const value = events
        ? `a producer of ${oldName} may send this event and a consumer of ${newName} rejects it`
        : `${oldName} accepts this value and ${newName} rejects it`;
      const witness = jsonLines(verdict.witness, 80).join('\n');
      return { text: `Incompatible: ${value}.\n\n${witness}\n`, exitCode: 100 };
    }
    case 'unknown':
      return { text: `Unknown: neither proved nor refuted, because ${verdict.reason}.\n`, exitCode: 100 };
  }
}
