import { problemsOfDefaults } from '../judged-schema.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';
import { shown, writtenDefault } from '../schema-text.ts';

export const ambiguousDefault: DesignRule = {
  id: 'design/ambiguous-default',
  severity: 'error',
  summary: 'A field has one default, or one that is nearer than the others.',
  why: 'Two parts of an `allOf` that give a field different defaults leave it to chance what an absent field means. A default beside `$ref` or `allOf` is nearer than one inside and is taken; of two that are equally near, neither has more right.',
  *check(contract) {
    if (contract.schema.kind === 'avro') return;
    const { schema } = contract.schema;
    for (const { kind, at, member, other } of problemsOfDefaults(schema)) {
      if (kind !== 'ambiguous' || other === undefined) continue;
      const values = [at, other].map((place) => shown(writtenDefault(schema, place)));
      yield {
        at: contract.source.locateSchema({ ...at, pointer: `${at.pointer}/default` }),
        subject: `/schema${at.pointer}/default`,
        message: `\`${member}\` has two defaults with equal right: ${values.join(' and ')}.`,
        whoPays: 'whoever reads the field and takes the one default for the other',
        consumers: affected(contract),
        hint: 'leave one of them out, or write the default beside the `allOf`',
      };
    }
  },
};
