import { affectedByTopic, field, stood } from '../places.ts';
import { keyPath, kindsAt } from '../pointers.ts';
import type { PromiseRule } from '../rule.ts';

export const partitionKeyTypeChanged: PromiseRule = {
  id: 'promise/partition-key-type-changed',
  severity: 'error',
  summary: 'A field of the partition key keeps its type.',
  why: 'The bytes of a key follow from its type: several fields and the bucket are written as JSON, where 7 and "7" differ, and so do their partitions. An id that becomes another kind of id is another key, and its events overtake those that wait under the old one.',
  mirror: { rule: 'promise/partition-key-type-changed' },
  *check({ before, after }, sets) {
    for (const [index, pointer] of (after.partitionKey?.fields ?? []).entries()) {
      if (before.partitionKey?.fields[index] !== pointer) continue;
      const was = kindsAt(before, pointer);
      const is = kindsAt(after, pointer);
      if (was === undefined || is === undefined || was === is) continue;
      yield {
        ...field(after, keyPath(after, index)),
        against: stood(before, keyPath(before, index), `was ${was}`),
        message: `The key field \`${pointer}\` now takes ${is} instead of ${was}: what was one key may be written as other bytes, and then goes to another partition.`,
        consumers: affectedByTopic(sets, before, (contract) => kindsAt(contract, pointer)),
        hint: 'keep the field as it is and add another one beside it, or make a new major with a topic of its own',
      };
    }
  },
};
