import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const outboxRemoved: PromiseRule = {
  id: 'promise/outbox-removed',
  severity: 'error',
  summary: 'A producer that publishes through its outbox goes on doing so.',
  why: 'The outbox writes the event in the transaction of the change it reports. Without it a crash between the two loses the event, or publishes one about a change that was rolled back.',
  mirror: { harmless: 'an outbox adds a guarantee and takes none away' },
  *check({ before, after }) {
    for (const producer of after.producers) {
      const was = before.producers.find(({ service }) => service === producer.service);
      if (!was?.outbox || producer.outbox) continue;
      yield {
        ...field(after, ['producers', producer.service, 'outbox']),
        against: stood(before, ['producers', producer.service, 'outbox'], 'was true'),
        message: `${producer.service} no longer publishes through its outbox: a crash between commit and send loses the event.`,
        consumers: affected(before),
        hint: 'keep `outbox: true`',
      };
    }
  },
};
