import { declaredPart, isValid } from '../../schema/index.ts';
import { cannotEmit, hasDefaults, problemsOfDefaults, validAndRejected } from '../judged-schema.ts';
import { redact } from '../payload/redact.ts';
import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const defaultExcludesEvent: DesignRule = {
  id: 'design/default-excludes-event',
  severity: 'warning',
  summary: 'A valid event stays valid when its defaults are filled in.',
  why: 'Generated producers fill defaults in before they validate. Where a field with a default must be absent beside another, the other cannot be sent: the default always comes between.',
  *check(contract) {
    // With a hand-written producer that is an error: `design/hand-written-rejected`.
    if (contract.schema.kind === 'avro' || contract.producers.some(({ generated }) => !generated)) return;
    const { schema } = contract.schema;
    if (!hasDefaults(schema) || problemsOfDefaults(schema).length > 0) return;
    // Where nothing is left to send, `design/nothing-to-emit` says so.
    if (cannotEmit(schema)) return;
    const event = validAndRejected(schema);
    // What only dropping makes invalid, a generated producer could not have sent.
    if (event === undefined || !isValid(schema.root, declaredPart(schema, event), schema)) return;
    yield {
      ...field(contract, ['schema']),
      message: 'A valid event becomes invalid when its defaults are filled in, and cannot be sent.',
      whoPays: 'the producer, whose event is refused',
      consumers: affected(contract),
      witness: {
        caption: 'an event that is valid as it is, and not with its defaults',
        event: redact(declaredPart(schema, event), contract.classification),
      },
      hint: 'take the default out, or allow the field beside the others',
    };
  },
};
