import { affectedByTopic } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';
import { changedTopics } from '../topic-changes.ts';

export const partitionCountChanged: PromiseRule = {
  id: 'promise/partition-count-changed',
  severity: 'error',
  summary: 'The number of partitions stays while order is promised.',
  why: 'Kafka assigns a key by its hash modulo the number of partitions. After the number changes most keys live elsewhere, and their next event may be handled before those that wait in the old partition. Kafka cannot take partitions away at all.',
  mirror: { rule: 'promise/partition-count-changed' },
  *check(pair, sets) {
    const { before } = pair;
    for (const { was, is, where, subject, at, stood, of } of changedTopics(pair, 'partitions')) {
      const fewer = is.partitions < was.partitions;
      if (was.partitions === is.partitions || (before.ordering === 'none' && !fewer)) continue;
      yield {
        at,
        subject,
        against: stood(`was ${was.partitions}`),
        message: fewer
          ? `${is.partitions} instead of ${was.partitions} partitions${where}: Kafka cannot take partitions away, and keys would move.`
          : `${is.partitions} instead of ${was.partitions} partitions${where}: ${printNumber(shareMoved(was.partitions, is.partitions) * 100)} % of the keys move, and their next events overtake those that wait.`,
        consumers: affectedByTopic(sets, before, of),
        hint: 'drain the old partitions before producers switch, or make a new major with a topic of its own',
      };
    }
  },
};

/** Of keys that are spread evenly: a key stays when its hash leaves the same rest by both numbers. */
function shareMoved(was: number, is: number): number {
  return 1 - (Math.min(was, is) * greatestDivisor(was, is)) / (was * is);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
