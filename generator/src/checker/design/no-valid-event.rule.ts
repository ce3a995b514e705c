import type { Contract } from '../../model/contract.ts';
import { canBeWritten } from '../../schema/avro/index.ts';
import { validEvent } from '../judged-schema.ts';
import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const noValidEvent: DesignRule = {
  id: 'design/no-valid-event',
  severity: 'error',
  summary: 'At least one event is valid by the schema.',
  why: 'Two parts of a schema that contradict each other leave nothing: a property that is required and forbidden, a minimum above a maximum, an `enum` of another type. Everything compares as compatible with such a schema, and no producer can publish by it.',
  *check(contract) {
    if (hasValue(contract)) return;
    const isAvro = contract.schema.kind === 'avro';
    yield {
      ...field(contract, ['schema']),
      message: isAvro
        ? 'The schema holds itself without end: no event can be written with it.'
        : 'The schema contradicts itself: no event is valid by it.',
      whoPays: 'every producer, whose events are all refused',
      consumers: affected(contract),
      hint: isAvro
        ? 'let the record hold itself in a union with `null`, in an array or in a map'
        : 'look for a property that is required and can have no value, or for limits that exclude each other',
    };
  },
};

function hasValue({ schema }: Contract): boolean {
  return schema.kind === 'avro' ? canBeWritten(schema.schema) : validEvent(schema.schema).kind !== 'none';
}
