import type { Contract } from '../../model/contract.ts';
import { affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const bucketsChanged: PromiseRule = {
  id: 'promise/buckets-changed',
  severity: 'error',
  summary: 'The number of buckets stays while order is promised.',
  why: 'The bucket is part of the key. With another number of buckets the same event gets another key and another partition, while earlier ones still wait in the old.',
  mirror: { rule: 'promise/buckets-changed' },
  *check({ before, after }, sets) {
    const was = bucketsOf(before);
    const is = bucketsOf(after);
    if (was === is || before.ordering === 'none' || !before.partitionKey || !after.partitionKey) return;
    yield {
      ...field(after, ['partitionKey', 'buckets']),
      against: stood(before, ['partitionKey', 'buckets'], `was ${was}`),
      message: `The key now has ${is} instead of ${was}: events of one key change partitions, and the next overtake those that wait.`,
      consumers: affectedByTopic(sets, before, bucketsOf),
      hint: 'drain the topic before the change, or make a new major with a topic of its own',
    };
  },
};

function bucketsOf({ partitionKey }: Contract): string {
  return partitionKey?.buckets === undefined ? 'no buckets' : `${partitionKey.buckets} buckets`;
}
