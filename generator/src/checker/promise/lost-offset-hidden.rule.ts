import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const lostOffsetHidden: PromiseRule = {
  id: 'promise/lost-offset-hidden',
  severity: 'error',
  summary: 'A consumer whose place in the topic is lost stops, if that was promised.',
  why: 'An offset is lost when retention overtakes a consumer or somebody resets the group. `fail` stops and calls a person; `latest` goes on behind what was never handled, and `earliest` handles everything again. Either looks like a healthy consumer.',
  mirror: { harmless: 'a consumer that stops loses nothing more' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (before.onOffsetLost === after.onOffsetLost || after.onOffsetLost === 'fail') continue;
      const was = before.onOffsetLost;
      const effect =
        after.onOffsetLost === 'latest' ? 'skips what it has not handled' : 'handles everything in the topic again';
      yield {
        ...promiseOf(pair.after, after, ['onOffsetLost']),
        against: stood(pair.before, ['consumers', before.name, 'onOffsetLost'], `was ${was}`),
        message: `When its place is lost, ${after.name} now ${effect} (\`${after.onOffsetLost}\` instead of \`${was}\`).`,
        consumers: affected(pair.before, [before]),
        hint: 'keep `fail`, or let the consumer’s team sign an exception',
      };
    }
  },
};
