import { escaped } from '../diagnostics/json-printer.ts';
import type { Json } from '../schema/index.ts';

/** What a question is answered with, beside its `id`. */
export interface Answer {
  readonly verdict: 'compatible' | 'incompatible' | 'unknown';
  readonly reason?: string;
  readonly witness?: Json;
  /** Of an Avro pair: where it fails, and how. */
  readonly path?: string;
  readonly kind?: string;
}

/** `line`: the text that the question was read from. */
export type AnswerQuestion = (question: object, line: string) => Answer;

/** Characters. What is longer is no schema that anybody wrote, and is answered without being held. */
const longestLine = 16 * 1024 * 1024;

/**
 * A stream of questions: one JSON object a line each way, in the same order. A line that cannot be read is answered
 * `unknown` and the next one is read. Nothing is held but one line.
 */
export async function runBatch(
  input: AsyncIterable<string>,
  write: (line: string) => void,
  answer: AnswerQuestion,
): Promise<void> {
  for await (const line of lines(input)) write(`${escaped(answerLine(line, answer))}\n`);
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

function answerLine(line: string | undefined, answer: AnswerQuestion): string {
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
    const started = performance.now();
    const answered = answer(fields, line);
    const micros = Math.round((performance.now() - started) * 1_000);
    return JSON.stringify({ id, ...answered, micros });
  } catch (error) {
    // A mistake of ours: the pair stays undecided, the batch goes on.
    const said = error instanceof Error ? error.message : String(error);
    const reason = error instanceof RangeError ? 'the question nests too deeply' : `internal error: ${said}`;
    const isPlain = typeof id === 'string' || typeof id === 'number';
    return JSON.stringify({ id: isPlain ? id : null, verdict: 'unknown', reason, micros: 0 });
  }
}
