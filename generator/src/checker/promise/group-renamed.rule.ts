import type { Consumer } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const groupRenamed: PromiseRule = {
  id: 'promise/group-renamed',
  severity: 'error',
  summary: 'A consumer keeps its group.',
  why: 'Offsets and remembered keys belong to the group. Under a new name the consumer starts where `startFrom` says: it handles everything again, or skips what it had not handled yet.',
  mirror: { rule: 'promise/group-renamed' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const path = ['consumers', after.name, 'group'];
      // The default follows the name of the topic, and is reported with that.
      const isWritten = pair.before.source.written(path) ?? pair.after.source.written(path);
      if (before.group === after.group || !isWritten) continue;
      yield {
        ...promiseOf(pair.after, after, ['group']),
        against: stood(pair.before, path, `was ${before.group}`),
        message: `The group is now \`${after.group}\` instead of \`${before.group}\`: it has no offsets, so ${startsWith(after)} (\`startFrom: ${after.startFrom}\`).`,
        consumers: affected(pair.before, [before]),
        hint: 'keep the group, or add a new consumer beside the old one and remove the old one later',
      };
    }
  },
};

function startsWith({ startFrom }: Consumer): string {
  if (startFrom === 'earliest') return 'everything in the topic is handled again';
  if (startFrom === 'latest') return 'what it had not handled yet is skipped';
  return `everything since ${startFrom} is handled again, and what is older is skipped`;
}
