import { payloadRules } from '../checker/payload/catalogue.ts';
import { declaredNames, memberNodes, nodesAt } from '../checker/payload/conjunction.ts';
import { findCause } from '../checker/payload/find-cause.ts';
import { locateRejection } from '../checker/payload/locate-keyword.ts';
import { sayCause, sayOther } from '../checker/payload/say-cause.ts';
import {
  compare,
  type Dialect,
  dialects,
  type InexactNumbers,
  type Json,
  parseJsonExact,
  parseSchema,
  type Relation,
  type Schema,
  type Verdict,
} from '../schema/index.ts';
import type { Answer } from './batch.ts';
import type { Comparison, Difference } from './comparison.ts';
import { exactly } from './inexact-number.ts';
import type { ParseFile, SchemaFile } from './schema-file.ts';

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
  if (dialect === undefined)
    return unknown(`${typeof named === 'string' ? `'${named}'` : JSON.stringify(named)} is not a dialect`);
  const { value, inexact } = parseJsonExact(line, question);
  if (!isQuestion(value)) return unknown("a question needs 'old' and 'new'");
  return decide(value, inexact, { ...options, dialect });
}

function unknown(reason: string): Extract<Verdict, { readonly verdict: 'unknown' }> {
  return { verdict: 'unknown', reason };
}

interface Question {
  readonly old: unknown;
  readonly new: unknown;
}

function isQuestion(value: unknown): value is Question {
  return typeof value === 'object' && value !== null && 'old' in value && 'new' in value;
}

function decide(question: Question, inexact: InexactNumbers, options: BatchOptions): Verdict {
  const { dialect, assertFormats, relation, budgetMs } = options;
  const sides: Schema[] = [];
  for (const name of ['old', 'new'] as const) {
    const [schema, problems] = parseSchema(question[name], { dialect, assertFormats, inexact });
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

export function parseJsonSchema(raw: Json, text: string, options: BatchOptions): ReturnType<ParseFile<Schema>> {
  const exact = exactly(raw, text);
  if (typeof exact === 'string') return [undefined, [{ at: '', message: exact }]];
  const { dialect, assertFormats } = options;
  const [schema, problems] = parseSchema(exact.value, { dialect, assertFormats, inexact: exact.inexact });
  return [schema, problems.map(({ at, message }) => ({ at: at.pointer, message }))];
}

/** Two files for people. */
export function compareSchemaFiles(
  old: SchemaFile<Schema>,
  next: SchemaFile<Schema>,
  options: BatchOptions,
): Comparison {
  const verdict = compare(old.schema, next.schema, options);
  const events = options.relation === 'events';
  const common = { verdict: verdict.verdict, differences: [], notes: [] };
  switch (verdict.verdict) {
    case 'compatible':
      return {
        ...common,
        answer: events
          ? `Compatible: a consumer of ${next.name} understands every event that a producer of ${old.name} sends.`
          : `Compatible: ${next.name} accepts everything that ${old.name} accepts.`,
      };
    case 'incompatible':
      return {
        ...common,
        answer: `Incompatible: ${
          events
            ? `a producer of ${old.name} sends events that a consumer of ${next.name} rejects`
            : `${next.name} rejects values that ${old.name} accepts`
        }.`,
        differences: [differenceShownBy(verdict.witness, old, next, events)],
      };
    case 'unknown':
      return { ...common, answer: `Unknown: neither proved nor refuted, because ${verdict.reason}.` };
  }
}

/** The keyword that rejects the value, and what stood in its place. */
function differenceShownBy(
  witness: Json,
  old: SchemaFile<Schema>,
  next: SchemaFile<Schema>,
  events: boolean,
): Difference {
  const shown = {
    caption: events
      ? `an event that a producer of ${old.name} may send and a consumer of ${next.name} rejects`
      : `a value that ${old.name} accepts and ${next.name} rejects`,
    event: witness,
  };
  const rejection = findCause(next.schema, witness, events ? 'generated' : 'hand-written');
  if (rejection === undefined) {
    return {
      rule: payloadRules.backward.other.id,
      path: '',
      message: 'No single keyword is to blame.',
      at: next.locate(''),
      against: { ...old.locate(''), was: 'the old schema' },
      witness: shown,
      hint: explained(payloadRules.backward.other.id),
    };
  }
  const { pointer, name, cause } = rejection;
  const other = nodesAt(old.schema, pointer);
  const declared = name === undefined ? other.length > 0 : declaredNames(other).has(name);
  const otherNode = (declared && name !== undefined ? memberNodes(other, name)[0] : other[0]) ?? old.schema.root;
  const rule = payloadRules.backward[cause].id;
  return {
    rule,
    path: name === undefined ? pointer : `${pointer}/${name}`,
    message: sayCause(rejection, 'backward', `${events ? 'events' : 'values'} of ${old.name} are rejected`, declared),
    at: locateRejection(sourceOf(next), next.schema, rejection),
    against: { ...old.locate(otherNode.at.pointer), was: `was ${sayOther(rejection, other, declared)}` },
    witness: shown,
    hint: explained(rule),
  };
}

function sourceOf({ locate }: SchemaFile<Schema>): Parameters<typeof locateRejection>[0] {
  return { source: { locateSchema: ({ pointer }) => locate(pointer) } };
}

function explained(rule: string): string {
  return `\`tenet explain ${rule}\` says why, and the way through`;
}
