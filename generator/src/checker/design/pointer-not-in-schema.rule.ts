import { payloadShape } from '../payload-shape.ts';
import { affected } from '../places.ts';
import { pointersOf } from '../pointers.ts';
import type { DesignRule } from '../rule.ts';
import { declaredInstead } from '../schema-names.ts';
import { askSchema } from '../schema-pointer.ts';

export const pointerNotInSchema: DesignRule = {
  id: 'design/pointer-not-in-schema',
  severity: 'error',
  summary: 'Every pointer of the contract leads to a field that the schema declares.',
  why: 'Keys, ids, sequences and classifications are paths into the payload. Producers publish only what the schema declares, so a path to something else never finds a value.',
  *check(contract) {
    const root = payloadShape(contract);
    for (const { pointer, role, at, subject, consumers } of pointersOf(contract)) {
      const answer = askSchema(root, pointer);
      if (answer.declared) continue;
      yield {
        at,
        subject,
        message: `\`${pointer}\` (${role}) is not in the schema: \`${answer.missing}\` is not declared.`,
        whoPays: 'the producer: every event is refused before it is sent',
        consumers: affected(contract, consumers),
        ...declaredInstead(answer),
      };
    }
  },
};
