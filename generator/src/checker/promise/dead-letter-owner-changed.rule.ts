import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const deadLetterOwnerChanged: PromiseRule = {
  id: 'promise/dead-letter-owner-changed',
  severity: 'error',
  summary: 'The team that answers for failures stays, or hands over with a signature.',
  why: 'The owner of a dead letter is paged when it fills. A hand-over that only one side knows of leaves the failures with nobody.',
  mirror: { rule: 'promise/dead-letter-owner-changed' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const was = before.deadLetter?.owner;
      const is = after.deadLetter?.owner;
      if (was === undefined || was === is) continue;
      yield {
        ...promiseOf(pair.after, after, ['deadLetter', 'owner']),
        against: stood(pair.before, ['consumers', before.name, 'deadLetter', 'owner'], `was ${was}`),
        message:
          is === undefined
            ? `Failures have no owner any more; it was ${was}.`
            : `Failures now belong to ${is} instead of ${was}.`,
        consumers: affected(pair.before, [before]),
        hint: 'the consumer’s team signs an exception; what is left in the dead letter is handed over by name',
      };
    }
  },
};
