import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const handlerTimeoutShortened: PromiseRule = {
  id: 'promise/handler-timeout-shortened',
  severity: 'warning',
  summary: 'A handler keeps the time that it had.',
  why: 'An attempt that runs into its time-out is a failure: it is retried, and in the end dead-lettered. A handler that was slow yesterday fails tomorrow, first under load.',
  mirror: { harmless: 'a longer time is held against the retry budget by design/retry-shorter-than-one-run' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (after.timeout.ms >= before.timeout.ms) continue;
      yield {
        ...promiseOf(pair.after, after, ['timeout']),
        against: stood(pair.before, ['consumers', before.name, 'timeout'], `was ${before.timeout.text}`),
        message: `An attempt of ${after.name} now fails after ${after.timeout.text} instead of ${before.timeout.text}.`,
        consumers: affected(pair.before, [before]),
        hint: 'look at how long the slowest attempts take under load',
      };
    }
  },
};
