import { validEvent } from '../judged-schema.ts';
import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const noValidEvent: DesignRule = {
  id: 'design/no-valid-event',
  severity: 'error',
  summary: 'At least one event is valid by the schema.',
  why: 'Two parts of a schema that contradict each other leave nothing: a property that is required and forbidden, a minimum above a maximum, an `enum` of another type. Everything compares as compatible with such a schema, and no producer can publish by it.',
  *check(contract) {
    if (contract.schema.kind === 'avro' || validEvent(contract.schema.schema).kind !== 'none') return;
    yield {
      ...field(contract, ['schema']),
      message: 'The schema contradicts itself: no event is valid by it.',
      whoPays: 'every producer, whose events are all refused',
      consumers: affected(contract),
      hint: 'look for a property that is required and can have no value, or for limits that exclude each other',
    };
  },
};
