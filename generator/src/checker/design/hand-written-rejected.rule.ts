import { problemsOfDefaults, validAndRejected } from '../judged-schema.ts';
import { redact } from '../payload/redact.ts';
import { affected, field } from '../places.ts';
import { listed } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const handWrittenRejected: DesignRule = {
  id: 'design/hand-written-rejected',
  severity: 'error',
  summary: 'Generated consumers accept every event that a hand-written producer may send.',
  why: 'A hand-written producer (`generated: false`) sends whatever the schema takes. Generated consumers drop what is not declared and fill defaults in before they validate; where an event is valid only as it was sent, they turn it into a dead letter.',
  *check(contract) {
    const producers = contract.producers.filter(({ generated }) => !generated);
    const consumers = contract.consumers.filter(({ generated }) => generated);
    if (contract.schema.kind === 'avro' || producers.length === 0 || consumers.length === 0) return;
    const { schema } = contract.schema;
    // A default that is wrong in itself is reported where it stands.
    if (problemsOfDefaults(schema).length > 0) return;
    const event = validAndRejected(schema);
    if (event === undefined) return;
    yield {
      ...field(contract, ['schema']),
      message: `What ${listed(producers.map(({ service }) => `\`${service}\``))} may send by hand is not always accepted by generated consumers.`,
      whoPays: 'the owners of the dead letters',
      consumers: affected(contract, consumers),
      witness: {
        caption: 'an event that is valid, and not once it is read as generated consumers read it',
        event: redact(event, contract.classification),
      },
      hint: 'generate the producer, or let the schema hold also with defaults filled in and undeclared members dropped',
    };
  },
};
