import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const retryBudgetCut: PromiseRule = {
  id: 'promise/retry-budget-cut',
  severity: 'error',
  summary: 'A failing record keeps the attempts and the time it was promised.',
  why: 'The budget is what carries a consumer over an outage of what it depends on. With less of it, an outage that passed unnoticed yesterday fills the dead letter tomorrow.',
  mirror: { harmless: 'a larger budget dead-letters later, never more' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const was = before.retry;
      const is = after.retry;
      if (!was || !is) continue;
      if (is.attempts < was.attempts) {
        yield {
          ...promiseOf(pair.after, after, ['retry', 'attempts']),
          against: stood(pair.before, ['consumers', before.name, 'retry', 'attempts'], `was ${was.attempts}`),
          message: `A failing record is given up after ${is.attempts} instead of ${was.attempts} attempts.`,
          consumers: affected(pair.after, [after]),
          hint: 'keep the budget, or let the team that owns the dead letter sign an exception',
        };
      }
      if (is.within.ms < was.within.ms) {
        yield {
          ...promiseOf(pair.after, after, ['retry', 'within']),
          against: stood(pair.before, ['consumers', before.name, 'retry', 'within'], `was ${was.within.text}`),
          message: `A failing record is given up after ${is.within.text} instead of ${was.within.text}: an outage in between now ends in the dead letter.`,
          consumers: affected(pair.after, [after]),
          hint: 'keep the budget, or let the team that owns the dead letter sign an exception',
        };
      }
    }
  },
};
