import { payloadShape } from '../payload-shape.ts';
import { affected, entryOf, subjectOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';
import { declaredInstead } from '../schema-names.ts';
import { askSchema } from '../schema-pointer.ts';

export const readsUnknownField: DesignRule = {
  id: 'design/reads-unknown-field',
  severity: 'error',
  summary: 'A consumer reads only what the schema declares.',
  why: '`reads` says which fields a consumer depends on; a change of any of them names that consumer. A field that the schema does not declare is projected away before the handler sees the event.',
  *check(contract, set) {
    const root = payloadShape(contract);
    for (const consumer of contract.consumers) {
      for (const pointer of consumer.reads) {
        const path = ['consumers', consumer.name, 'reads'];
        const answer = askSchema(root, pointer);
        if (answer.declared) continue;
        yield {
          at: entryOf(set, contract, path, pointer, consumer.reads.length),
          subject: subjectOf([...path, pointer]),
          message: `${consumer.name} reads \`${pointer}\`, but \`${answer.missing}\` is not declared in the schema.`,
          whoPays: `${consumer.owner}: the handler never sees the field`,
          consumers: affected(contract, [consumer]),
          ...declaredInstead(answer),
        };
      }
    }
  },
};
