import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const groupRenamed: PromiseRule = {
  id: 'promise/group-renamed',
  severity: 'error',
  summary: 'A consumer keeps its group.',
  why: 'Offsets and remembered keys belong to the group. Under a new name the consumer starts where `startFrom` says: it handles everything again, or skips what it had not handled yet.',
  mirror: { rule: 'promise/group-renamed' },
  *check(pair) {
    if (pair.before.topic.name !== pair.after.topic.name) return;
    for (const { before, after } of lastingConsumers(pair)) {
      if (before.group === after.group) continue;
      const effect =
        after.startFrom === 'latest'
          ? 'what it had not handled yet is skipped'
          : 'everything in the topic is handled again';
      yield {
        ...promiseOf(pair.after, after, ['group']),
        against: stood(pair.before, ['consumers', before.name, 'group'], `was ${before.group}`),
        message: `The group is now \`${after.group}\` instead of \`${before.group}\`: it has no offsets, so ${effect} (\`startFrom: ${after.startFrom}\`).`,
        consumers: affected(pair.after, [after]),
        hint: 'keep the group, or add a new consumer beside the old one and remove the old one later',
      };
    }
  },
};
