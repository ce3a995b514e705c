import type { Contract } from '../../../model/contract.ts';
import { sameJson, sameSchema } from '../../same-schema.ts';
import { dropped, invented, payloadRules } from '../catalogue.ts';
import type { PayloadReport } from '../payload-report.ts';
import { type FieldChange, wholeSchema } from '../words.ts';
import { avroChanges } from './avro-changes.ts';
import { fieldChanges } from './field-changes.ts';

/** What the payload of one version says and that of another does not, in words. Empty for a contract and itself. */
export function payloadChanges(before: Contract, after: Contract): readonly FieldChange[] {
  const [was, is] = [before.schema, after.schema];
  if (was.kind === 'json' && is.kind === 'json') {
    if (sameSchema(was.schema.root, is.schema.root, true)) return [];
    return orRewritten(fieldChanges(was.schema, is.schema));
  }
  if (was.kind === 'avro' && is.kind === 'avro') {
    return sameJson(was.schema.raw, is.schema.raw) ? [] : orRewritten(avroChanges(was.schema.raw, is.schema.raw));
  }
  return [{ ...wholeSchema, text: `is ${kindNames[is.kind]} instead of ${kindNames[was.kind]}` }];
}

/** The changes that none of the reports speaks of. */
export function unsaid(changes: readonly FieldChange[], reports: readonly PayloadReport[]): readonly FieldChange[] {
  return changes.filter((change) => !reports.some((report) => blames(report, change) || mourns(report, change)));
}

/** Does the finding speak of this change? `*` stands for whichever name of a map its event has. */
function blames({ entry, subject, keyword }: PayloadReport, { pointer, keywords, replaces }: FieldChange): boolean {
  if (replaces && entry === payloadRules.forward.type) return false;
  if (keyword === undefined || subject === undefined || !(keywords?.includes(keyword) ?? true)) return false;
  const [tokens, places] = [subject.split('/').slice(2), pointer.split('/').slice(1)];
  return tokens.length === places.length && places.every((place, index) => place === '*' || place === tokens[index]);
}

/** Is this the loss that the report is about? */
function mourns({ entry, subject }: PayloadReport, { kind, pointer }: FieldChange): boolean {
  const isLoss =
    kind === 'default-added' ? entry === invented : entry === dropped && kind !== 'added' && kind !== 'changed';
  return isLoss && subject === `/schema${pointer}`;
}

const kindNames = { json: 'JSON Schema', avro: 'Avro' } as const;

function orRewritten(changes: readonly FieldChange[]): readonly FieldChange[] {
  if (changes.length > 0) return changes;
  return [{ ...wholeSchema, text: 'is written in another way: no field changed' }];
}
