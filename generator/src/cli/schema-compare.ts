import { jsonLines } from '../diagnostics/json-lines.ts';
import { visible } from '../diagnostics/visible.ts';
import {
  compare,
  type Dialect,
  dialects,
  type Json,
  parseSchema,
  type Relation,
  type Schema,
  type Verdict,
} from '../schema/index.ts';
import type { Answer } from './batch.ts';
import { inexactNumber } from './inexact-number.ts';

export interface BatchOptions {
  readonly relation: Relation;
  readonly assertFormats: boolean;
  readonly budgetMs: number;
  /** Of schemas that name none of json-schema.org, and of questions that name none. */
  readonly dialect: Dialect;
}

/** A question of `--batch`, as it stands in the line. */
export function answerJsonSchema(question: object, line: string, options: BatchOptions): Answer {
  const named = 'dialect' in question ? question.dialect : undefined;
  const dialect = named === undefined ? options.dialect : dialects.find((known) => known === named);
  const inexact = inexactNumber(line);
  if (inexact !== undefined) return unknown(inexact);
  if (dialect === undefined)
    return unknown(`${typeof named === 'string' ? `'${named}'` : JSON.stringify(named)} is not a dialect`);
  if (!('old' in question) || !('new' in question)) return unknown("a question needs 'old' and 'new'");
  return decide(question.old, question.new, { ...options, dialect });
}

function unknown(reason: string): Extract<Verdict, { readonly verdict: 'unknown' }> {
  return { verdict: 'unknown', reason };
}

function decide(old: unknown, next: unknown, options: BatchOptions): Verdict {
  const { dialect, assertFormats, relation, budgetMs } = options;
  const sides: Schema[] = [];
  for (const [name, raw] of [
    ['old', old],
    ['new', next],
  ] as const) {
    const [schema, problems] = parseSchema(raw, { dialect, assertFormats });
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
  const inexact = inexactNumber(`${old.text}\n${next.text}`);
  const verdict = inexact === undefined ? decide(old.raw, next.raw, options) : unknown(inexact);
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
