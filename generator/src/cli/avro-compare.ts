import { type AvroSchema, compareAvro, parseAvro } from '../schema/avro/index.ts';
import type { Answer } from './batch.ts';

/** A question of `--avro --batch`: can `new` read what `old` wrote? The first incompatibility is told. */
export function answerAvro(question: object, options: { readonly budgetMs: number }): Answer {
  if (!('old' in question) || !('new' in question)) return unknown("a question needs 'old' and 'new'");
  const schemas: AvroSchema[] = [];
  for (const [name, raw] of [
    ['old', question.old],
    ['new', question.new],
  ] as const) {
    const [schema, [problem]] = parseAvro(raw);
    if (schema === undefined)
      return unknown(`${name}${problem?.at ? ` at ${cut(problem.at)}` : ''}: ${problem?.message}`);
    schemas.push(schema);
  }
  const [writer, reader] = schemas as [AvroSchema, AvroSchema];
  const verdict = compareAvro(writer, reader, options);
  if (verdict.verdict !== 'incompatible') return verdict.verdict === 'unknown' ? verdict : { verdict: 'compatible' };
  const { witness, path, kind } = verdict.incompatibilities[0];
  if (witness === undefined)
    return { verdict: 'incompatible', path, kind, reason: 'no value that is written with the old schema ends' };
  return { verdict: 'incompatible', witness, path, kind };
}

function unknown(reason: string): Answer {
  return { verdict: 'unknown', reason };
}

function cut(pointer: string): string {
  return pointer.length > 200 ? `${pointer.slice(0, 200)}…` : pointer;
}
