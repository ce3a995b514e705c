import { affectedByTopic } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { changedTopics } from '../topic-changes.ts';

export const topicRenamed: PromiseRule = {
  id: 'promise/topic-renamed',
  severity: 'error',
  summary: 'A contract keeps its topic.',
  why: 'Services that are not yet deployed go on reading and writing the old topic. Events in it are handled by nobody once the readers have moved, and groups begin the new one from the start. A contract that leaves a stream also takes its events out of the order that the others share with it.',
  mirror: { rule: 'promise/topic-renamed' },
  *check(pair, sets) {
    const { before } = pair;
    for (const { was, is, where, subject, at, stood, of } of changedTopics(pair, 'name')) {
      if (was.name === is.name) continue;
      yield {
        at,
        subject,
        against: stood(`was ${was.name}`),
        message: `The topic is now \`${is.name}\` instead of \`${was.name}\`${where}: what is left in the old one is handled by nobody.`,
        consumers: affectedByTopic(sets, before, of),
        hint: 'a new topic is a new major: both live until the old one is drained',
      };
    }
  },
};
