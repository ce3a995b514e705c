import { payloadShape } from '../payload-shape.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { askSchema } from '../schema-pointer.ts';

export const classificationRemoved: PromiseRule = {
  id: 'promise/classification-removed',
  severity: 'error',
  summary: 'What was redacted stays redacted.',
  why: 'A classified field is left out of logs, witnesses and pages of dead letters. Without its entry the values of tomorrow, and those of dead letters that are opened again, are shown to everybody who reads them.',
  mirror: { harmless: 'redacting more shows less' },
  *check({ before, after }) {
    const root = payloadShape(after);
    for (const { pointer, kind } of before.classification) {
      const isKept = after.classification.some(
        (entry) => entry.pointer === pointer || pointer.startsWith(`${entry.pointer}/`),
      );
      if (isKept || !askSchema(root, pointer).declared) continue;
      const path = ['classification', pointer];
      yield {
        ...field(after, path),
        against: stood(before, path, `was ${kind}`),
        message: `\`${pointer}\` is no longer classified as ${kind}: its values are no longer redacted.`,
        consumers: affected(before),
        hint: 'keep the entry for as long as the schema has the field',
      };
    }
  },
};
