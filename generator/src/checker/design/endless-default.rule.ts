import { problemsOfDefaults } from '../judged-schema.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const endlessDefault: DesignRule = {
  id: 'design/endless-default',
  severity: 'error',
  summary: 'Filling in a default comes to an end.',
  why: 'A field that refers to the schema around it and has `{}` for a default is absent in its own default, so filling it in would go on forever. Tenet breaks off at the second time; nobody means what comes out.',
  *check(contract) {
    if (contract.schema.kind === 'avro') return;
    for (const { kind, at, member } of problemsOfDefaults(contract.schema.schema)) {
      if (kind !== 'endless') continue;
      yield {
        at: contract.source.locateSchema({ ...at, pointer: `${at.pointer}/default` }),
        subject: `/schema${at.pointer}/default`,
        message: `The default of \`${member}\` lacks \`${member}\` itself, and would be filled in without end.`,
        whoPays: 'every reader, who finds the field nested in itself',
        consumers: affected(contract),
        hint: 'leave the default out, or let it hold what ends it (`null`, where the schema takes it)',
      };
    }
  },
};
