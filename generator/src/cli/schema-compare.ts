import { jsonLines } from '../diagnostics/json-lines.ts';
import { escaped } from '../diagnostics/json-printer.ts';
import { visible } from '../diagnostics/visible.ts';
import {
  compare,
  type Dialect,
  dialects,
  type ExactJson,
  type Json,
  parseJsonExact,
  parseSchema,
  type Relation,
  type Schema,
  type Verdict,
} from '../schema/index.ts';
import { exactly } from './inexact-number.ts';

/**
 * `tenet schema compare`: two schemas for people, or a stream of pairs for programs. The batch protocol is one JSON object
 * a line each way, in the same order; a line that cannot be read is answered `unknown` and the next one is read. Nothing
 * is held but one line.
 */
export interface BatchOptions {
  readonly relation: Relation;
  readonly assertFormats: boolean;
  readonly budgetMs: number;
  /** Of schemas that name none of json-schema.org, and of questions that name none. */
  readonly dialect: Dialect;
}

/** Characters. What is longer is no schema that anybody wrote, and is answered without being held. */
const longestLine = 16 * 1024 * 1024;

interface Answer {
  readonly verdict: Verdict;
  readonly micros: number;
}

export async function runBatch(
  input: AsyncIterable<string>,
  write: (line: string) => void,
  options: BatchOptions,
): Promise<void> {
  for await (const line of lines(input)) write(`${escaped(answerLine(line, options))}\n`);
}

/**
 * Lines of an input that comes in chunks which know nothing of them; `undefined` for one that is too long, which is
 * read past and never held.
 */
async function* lines(input: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let held: string[] = [];
  let length = 0;
  const end = (): string | undefined => {
    const line = length > longestLine ? undefined : held.join('');
    held = [];
    length = 0;
    return line;
  };
  const hold = (part: string): void => {
    length += part.length;
    if (length > longestLine) held = [];
    else held.push(part);
  };
  let isFirst = true;
  for await (const chunk of input) {
    // Windows writes a mark of byte order before what it pipes.
    const text = isFirst ? chunk.replace(/^\ufeff/, '') : chunk;
    isFirst &&= chunk === '';
    let start = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
      hold(text.slice(start, at));
      start = at + 1;
      yield end();
    }
    if (start < text.length) hold(text.slice(start));
  }
  if (length > 0) yield end();
}

function answerLine(line: string | undefined, options: BatchOptions): string {
  const unread = (reason: string): string => JSON.stringify({ id: null, verdict: 'unknown', reason, micros: 0 });
  if (line === undefined) return unread(`the line has more than ${longestLine.toLocaleString('en-US')} characters`);
  let question: unknown;
  try {
    question = JSON.parse(line);
  } catch {
    return unread('the line is not JSON');
  }
  const fields = typeof question === 'object' && question !== null ? question : {};
  const id = 'id' in fields ? fields.id : null;
  try {
    const { verdict, micros } = answer(parseJsonExact(line, question), options);
    return JSON.stringify({ id, ...verdict, micros });
  } catch (error) {
    // A mistake of ours: the pair stays undecided, the batch goes on.
    const said = error instanceof Error ? error.message : String(error);
    const reason = error instanceof RangeError ? 'the question nests too deeply' : `internal error: ${said}`;
    const isPlain = typeof id === 'string' || typeof id === 'number';
    return JSON.stringify({ id: isPlain ? id : null, verdict: 'unknown', reason, micros: 0 });
  }
}

function unknown(reason: string): Verdict {
  return { verdict: 'unknown', reason };
}

function answer({ value, inexact }: ExactJson, options: BatchOptions): Answer {
  const fields = typeof value === 'object' && value !== null ? value : {};
  const named = 'dialect' in fields ? fields.dialect : undefined;
  const dialect = named === undefined ? options.dialect : dialects.find((known) => known === named);
  const refuse = (reason: string): Answer => ({ verdict: unknown(reason), micros: 0 });
  if (dialect === undefined)
    return refuse(`${typeof named === 'string' ? `'${named}'` : JSON.stringify(named)} is not a dialect`);
  if (!('old' in fields) || !('new' in fields)) return refuse("a question needs 'old' and 'new'");
  const started = performance.now();
  const verdict = decide({ value: fields.old, inexact }, { value: fields.new, inexact }, { ...options, dialect });
  return { verdict, micros: Math.round((performance.now() - started) * 1_000) };
}

function decide(old: ExactJson, next: ExactJson, options: BatchOptions): Verdict {
  const { dialect, assertFormats, relation, budgetMs } = options;
  const sides: Schema[] = [];
  for (const [name, { value, inexact }] of [
    ['old', old],
    ['new', next],
  ] as const) {
    const [schema, problems] = parseSchema(value, { dialect, assertFormats, inexact });
    if (schema === undefined) {
      const at = problems[0]?.at.pointer ?? '';
      const where = at.length > 200 ? `${at.slice(0, 200)}…` : at;
      return unknown(`${name}${where === '' ? '' : ` at ${where}`}: ${problems[0]?.message ?? ''}`);
    }
    sides.push(schema);
  }
  const [a, b] = sides;
  if (a === undefined || b === undefined) return unknown('a schema is missing');
  return compare(a, b, { relation, budgetMs });
}

function decideTexts(old: ExactJson | string, next: ExactJson | string, options: BatchOptions): Verdict {
  if (typeof old === 'string') return unknown(old);
  return typeof next === 'string' ? unknown(next) : decide(old, next, options);
}

/** What `tenet schema compare OLD NEW` says, and its exit code: 0 compatible, 100 otherwise. */
export interface CompareReport {
  readonly text: string;
  readonly exitCode: 0 | 100;
}

/** A schema as it was read, with the text that its numbers were written in. */
export interface NamedSchema {
  readonly name: string;
  readonly raw: Json;
  readonly text: string;
}

export function compareSchemas(old: NamedSchema, next: NamedSchema, options: BatchOptions): CompareReport {
  const verdict = decideTexts(exactly(old.raw, old.text), exactly(next.raw, next.text), options);
  const events = options.relation === 'events';
  switch (verdict.verdict) {
    case 'compatible': {
      const all = events
        ? `a consumer of ${next.name} understands every event that a producer of ${old.name} sends`
        : `${next.name} accepts everything that ${old.name} accepts`;
      return { text: `Compatible: ${all}.\n`, exitCode: 0 };
    }
    case 'incompatible': {
      const value = events
        ? `a producer of ${old.name} may send this event and a consumer of ${next.name} rejects it`
        : `${old.name} accepts this value and ${next.name} rejects it`;
      return { text: `Incompatible: ${value}.\n\n${jsonLines(verdict.witness, 80).join('\n')}\n`, exitCode: 100 };
    }
    case 'unknown':
      return { text: `Unknown: neither proved nor refuted, because ${visible(verdict.reason)}.\n`, exitCode: 100 };
  }
}
