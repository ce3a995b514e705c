import { affected, field, lastingProducers, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const outboxRemoved: PromiseRule = {
  id: 'promise/outbox-removed',
  severity: 'error',
  summary: 'A producer that publishes through its outbox goes on doing so.',
  why: 'The outbox writes the event in the transaction of the change it reports. Without it a crash between the two loses the event, or publishes one about a change that was rolled back. A service of the same team that takes the place of one that goes keeps its promises.',
  mirror: { harmless: 'an outbox adds a guarantee and takes none away' },
  *check(pair) {
    for (const { before, after } of lastingProducers(pair)) {
      if (!before.outbox || after.outbox) continue;
      yield {
        ...field(pair.after, ['producers', after.service, 'outbox']),
        against: stood(pair.before, ['producers', before.service, 'outbox'], 'was true'),
        message: `${after.service} no longer publishes through its outbox: a crash between commit and send loses the event.`,
        consumers: affected(pair.before),
        hint: 'keep `outbox: true`',
      };
    }
  },
};
