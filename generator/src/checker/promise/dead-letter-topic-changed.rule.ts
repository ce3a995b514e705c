import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const deadLetterTopicChanged: PromiseRule = {
  id: 'promise/dead-letter-topic-changed',
  severity: 'error',
  summary: 'Dead letters stay in their topic.',
  why: 'What is still in the old topic is no longer watched: its alerts, deadlines and replay follow the name in the contract.',
  mirror: { rule: 'promise/dead-letter-topic-changed' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const was = before.deadLetter?.topic;
      const is = after.deadLetter?.topic;
      if (was === undefined || is === undefined || was === is) continue;
      const path = ['consumers', after.name, 'deadLetter', 'topic'];
      // The default follows the name of the topic, and is reported with that.
      if (!pair.before.source.written(path) && !pair.after.source.written(path)) continue;
      yield {
        ...promiseOf(pair.after, after, ['deadLetter', 'topic']),
        against: stood(pair.before, path, `was ${was}`),
        message: `Dead letters now go to \`${is}\` instead of \`${was}\`: what is left in the old topic is watched by nobody.`,
        consumers: affected(pair.before, [before]),
        hint: 'empty the old topic first, then let the consumer’s team sign an exception',
      };
    }
  },
};
