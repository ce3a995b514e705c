import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const keyIsEventId: DesignRule = {
  id: 'design/key-is-event-id',
  severity: 'error',
  summary: 'The partition key names the thing that changes, not the event about it.',
  why: 'Every event has an id of its own, so a key made of it puts each event alone: spread evenly, ordered with nothing. The key must be what several events share: the order, the account, the conversation.',
  *check(contract) {
    const id = contract.attributes.id;
    if (contract.ordering !== 'per-key' || id === undefined || !contract.partitionKey?.fields.includes(id)) return;
    yield {
      ...field(contract, ['partitionKey']),
      message: `The key contains \`${id}\`, which is the event’s own id: no two events share it, so no two are kept in order.`,
      whoPays: 'every consumer that relies on order',
      consumers: affected(contract),
      hint: 'use the id of the thing that the events are about, or say `ordering: none`',
    };
  },
};
