import { problemsOfDefaults } from '../judged-schema.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const undeclaredDefault: DesignRule = {
  id: 'design/undeclared-default',
  severity: 'error',
  summary: 'A default holds only what its schema declares.',
  why: 'Generated producers send what the schema declares and nothing else. A default with other members would be refused by the producer that has just filled it in.',
  *check(contract) {
    if (contract.schema.kind === 'avro') return;
    for (const { kind, at, member } of problemsOfDefaults(contract.schema.schema)) {
      if (kind !== 'undeclared') continue;
      yield {
        at: contract.source.locateSchema({ ...at, pointer: `${at.pointer}/default` }),
        subject: `/schema${at.pointer}/default`,
        message: `The default of \`${member}\` holds members that the schema does not declare.`,
        whoPays: 'the producer, whose events without the field are refused',
        consumers: affected(contract),
        hint: 'declare the members, or take them out of the default',
      };
    }
  },
};
