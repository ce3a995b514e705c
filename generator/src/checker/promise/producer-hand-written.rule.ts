import { affected, field, lastingProducers, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const producerHandWritten: PromiseRule = {
  id: 'promise/producer-hand-written',
  severity: 'warning',
  summary: 'Consumers hear when nothing holds a producer to the schema any more.',
  why: 'A generated producer validates before it sends, and sends nothing that is not declared. One that is written by hand may publish whatever the schema takes, undeclared members too, and by a mistake what it does not take. From then on the payload is compared by all that the schema takes; `design/hand-written-rejected` says where consumers of today would reject some of it.',
  mirror: { harmless: 'a generated producer sends less than a hand-written one, and nothing that is invalid' },
  *check(pair) {
    for (const { before, after } of lastingProducers(pair)) {
      if (!before.generated || after.generated) continue;
      yield {
        ...field(pair.after, ['producers', after.service, 'generated']),
        against: stood(pair.before, ['producers', before.service, 'generated'], 'was true'),
        message: `${after.service} is now written by hand: nothing validates its events before they are sent.`,
        consumers: affected(pair.before),
        hint: 'keep the generated producer, or validate with the schema before sending',
      };
    }
  },
};
