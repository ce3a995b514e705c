import {
  causesOfKinds,
  hintForAvro,
  sayIncompatibility,
  sayLoss,
  sayOlderSide,
} from '../checker/payload/avro-words.ts';
import { meaningChanged, payloadRules } from '../checker/payload/catalogue.ts';
import { type AvroSchema, askAvsc, compareAvro, type Incompatibility, parseAvro } from '../schema/avro/index.ts';
import type { Answer } from './batch.ts';
import type { Comparison, Difference } from './comparison.ts';
import type { SchemaFile } from './schema-file.ts';

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

/** Two files for people. */
export function compareAvroFiles(
  old: SchemaFile<AvroSchema>,
  next: SchemaFile<AvroSchema>,
  options: { readonly budgetMs: number },
): Comparison {
  const [writer, reader] = [old.schema, next.schema];
  const verdict = compareAvro(writer, reader, options);
  const common = { verdict: verdict.verdict, differences: [], notes: [] };
  switch (verdict.verdict) {
    case 'compatible':
      return {
        ...common,
        answer: `Compatible: ${next.name} reads everything that is written with ${old.name}.`,
        notes: [...verdict.losses.map((loss) => `${sayLoss(loss)}.`), ...avscNotes(writer, reader)],
      };
    case 'incompatible':
      return {
        ...common,
        answer: `Incompatible: ${next.name} does not read everything that is written with ${old.name}.`,
        differences: verdict.incompatibilities.map((found) => difference(found, old, next)),
      };
    case 'unknown':
      return { ...common, answer: `Unknown: neither proved nor refuted, because ${verdict.reason}.` };
  }
}

/** Where the library of services on Node departs from the specification. */
function avscNotes(writer: AvroSchema, reader: AvroSchema): readonly string[] {
  const avsc = askAvsc(writer, reader);
  if (avsc.says === 'refuses')
    return [
      `the specification lets it be read; avsc, which services on Node read with, refuses (${avsc.because}). It compares fullnames: an alias that is one serves both.`,
    ];
  return avsc.says === 'nothing'
    ? [`avsc, which services on Node read with, takes no such schema (${avsc.because}).`]
    : [];
}

function difference(found: Incompatibility, old: SchemaFile<AvroSchema>, next: SchemaFile<AvroSchema>): Difference {
  const { kind, path, writer, reader, witness } = found;
  const cause = causesOfKinds[kind];
  const misread = found.readsAs !== undefined;
  return {
    rule: cause === 'meaning' ? meaningChanged.id : payloadRules.backward[cause].id,
    kind,
    path,
    message: `${sayIncompatibility(found, 'backward')}: ${
      witness === undefined
        ? 'the schemas do not resolve, though no value of the old one ever ends'
        : `what ${old.name} wrote is ${misread ? 'misread' : 'rejected'}`
    }.`,
    at: next.locate(reader.at),
    against: { ...old.locate(writer.at), was: `was ${sayOlderSide(found, 'backward')}` },
    ...(witness === undefined
      ? {}
      : {
          witness: {
            caption: `a value that is written with ${old.name} and ${misread ? 'misread' : 'rejected'}, in the JSON encoding`,
            event: witness,
          },
        }),
    hint: hintForAvro(found),
  };
}

function unknown(reason: string): Answer {
  return { verdict: 'unknown', reason };
}

function cut(pointer: string): string {
  return pointer.length > 200 ? `${pointer.slice(0, 200)}…` : pointer;
}
