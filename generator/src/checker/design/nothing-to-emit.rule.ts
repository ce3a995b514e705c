import { cannotEmit, validEvent } from '../judged-schema.ts';
import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const nothingToEmit: DesignRule = {
  id: 'design/nothing-to-emit',
  severity: 'error',
  summary: 'A generated producer can send at least one event.',
  why: 'Generated producers send only what is declared, with every default filled in. Where the schema takes events only without a field that has a default, or only with members that it does not declare, none is left to send, and every comparison with such a schema says yes.',
  *check(contract) {
    if (contract.schema.kind === 'avro' || contract.producers.every(({ generated }) => !generated)) return;
    const { schema } = contract.schema;
    // Where no event is valid at all, `design/no-valid-event` says so.
    if (validEvent(schema).kind === 'none' || !cannotEmit(schema)) return;
    yield {
      ...field(contract, ['schema']),
      message: 'No event can be sent: none that is valid is complete in its defaults and free of undeclared members.',
      whoPays: 'every generated producer, whose events are all refused',
      consumers: affected(contract),
      hint: 'look for a default on a field that must be absent, or for members that are needed and not declared',
    };
  },
};
