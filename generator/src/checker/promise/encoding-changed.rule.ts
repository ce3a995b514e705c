import { affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const encodingChanged: PromiseRule = {
  id: 'promise/encoding-changed',
  severity: 'error',
  summary: 'The bytes of a topic keep their encoding.',
  why: 'A consumer of yesterday cannot read the new bytes, and one of tomorrow meets the old ones for as long as they are retained. Another encoding is another topic.',
  mirror: { rule: 'promise/encoding-changed' },
  *check({ before, after }, sets) {
    if (before.encoding === after.encoding) return;
    yield {
      ...field(after, ['encoding']),
      against: stood(before, ['encoding'], `was ${before.encoding}`),
      message: `Events are now written as ${after.encoding} instead of ${before.encoding}: no consumer can read both.`,
      consumers: affectedByTopic(sets, before, ({ encoding }) => encoding),
      hint: 'make a new major with a topic of its own, and let consumers move',
    };
  },
};
