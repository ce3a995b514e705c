import type { Contract } from '../../model/contract.ts';
import { affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const partitionKeyChanged: PromiseRule = {
  id: 'promise/partition-key-changed',
  severity: 'error',
  summary: 'The partition key of a topic keeps its fields.',
  why: 'The key chooses the partition. When it changes, the next event of a key goes elsewhere and overtakes those that still wait in the old partition. Order holds again only after everything published under the old key is gone. Publish under the new key to a new topic: a new major.',
  mirror: { rule: 'promise/partition-key-changed' },
  *check({ before, after }, sets) {
    const was = words(before);
    const is = words(after);
    if (was === is) return;
    yield {
      ...field(after, ['partitionKey']),
      against: stood(before, ['partitionKey'], `was ${was}`),
      message: `The partition key is now ${is} instead of ${was}: ${cost(before)}.`,
      consumers: affectedByTopic(sets, before, words),
      hint: 'a new key needs a new topic: copy the contract to the next major and let both live until the old one is drained',
    };
  },
};

function words({ partitionKey }: Contract): string {
  return partitionKey ? partitionKey.fields.map((pointer) => `\`${pointer}\``).join(' + ') : 'none';
}

function cost({ ordering, topic }: Contract): string {
  if (ordering !== 'none')
    return 'events that were kept in order are spread over two partitions and overtake each other';
  return topic.cleanup === 'delete'
    ? 'events that shared a partition no longer do, although no order of them was promised'
    : 'compaction no longer sees that old and new events are about the same thing';
}
