import type { Contract } from '../../model/contract.ts';
import { affected, affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule, Report } from '../rule.ts';

export const encodingChanged: PromiseRule = {
  id: 'promise/encoding-changed',
  severity: 'error',
  summary: 'The bytes of a topic keep their encoding.',
  why: 'A consumer of yesterday cannot read the new bytes, and one of tomorrow meets the old ones for as long as they are retained. Another encoding is another topic. The same holds for a payload that is described in another language: an Avro schema and a JSON Schema cannot be held against each other.',
  mirror: { rule: 'promise/encoding-changed' },
  *check({ before, after }, sets) {
    if (before.encoding === after.encoding) {
      if (before.schema.kind !== after.schema.kind) yield languageChanged(before, after);
      return;
    }
    yield {
      ...field(after, ['encoding']),
      against: stood(before, ['encoding'], `was ${before.encoding}`),
      message: `Events are now written as ${after.encoding} instead of ${before.encoding}: no consumer can read both.`,
      consumers: affectedByTopic(sets, before, ({ encoding }) => encoding),
      hint: 'make a new major with a topic of its own, and let consumers move',
    };
  },
};

const languages: Record<Contract['schema']['kind'], string> = { json: 'JSON Schema', avro: 'Avro' };

function languageChanged(before: Contract, after: Contract): Report {
  const [was, is] = [languages[before.schema.kind], languages[after.schema.kind]];
  return {
    ...field(after, ['schema']),
    against: stood(before, ['schema'], `was ${was}`),
    message: `The payload is now described in ${is} instead of ${was}: the two cannot be compared.`,
    consumers: affected(before),
    hint: 'make a new major with a topic of its own, and let consumers move',
  };
}
