import type { Retry } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { listed } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const retryBudgetCut: PromiseRule = {
  id: 'promise/retry-budget-cut',
  severity: 'error',
  summary: 'A failing record keeps the attempts and the time it was promised.',
  why: 'The budget is what carries a consumer over an outage of what it depends on. With less of it, an outage that passed unnoticed yesterday fills the dead letter tomorrow.',
  mirror: { harmless: 'a larger budget dead-letters later, never more' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (!before.retry || !after.retry) continue;
      for (const [name, was, message] of cuts(before.retry, after.retry)) {
        yield {
          ...promiseOf(pair.after, after, ['retry', name]),
          against: stood(pair.before, ['consumers', before.name, 'retry', name], `was ${was}`),
          message,
          consumers: affected(pair.after, [after]),
          hint: 'keep the budget, or let the team that owns the dead letter sign an exception',
        };
      }
    }
  },
};

function* cuts(was: Retry, is: Retry): Iterable<readonly [field: keyof Retry, was: string, message: string]> {
  if (is.attempts < was.attempts) {
    yield [
      'attempts',
      `${was.attempts}`,
      `A failing record is given up after ${is.attempts} instead of ${was.attempts} attempts.`,
    ];
  }
  if (is.within.ms < was.within.ms) {
    yield [
      'within',
      was.within.text,
      `A failing record is given up after ${is.within.text} instead of ${was.within.text}: an outage in between now ends in the dead letter.`,
    ];
  }
  if (is.ratio.fraction < was.ratio.fraction) {
    yield [
      'ratio',
      was.ratio.text,
      `Retries may be ${is.ratio.text} instead of ${was.ratio.text} of all attempts: in a wide outage more records are given up.`,
    ];
  }
  const hopeless = is.nonRetryable.filter((name) => !was.nonRetryable.includes(name));
  if (hopeless.length > 0) {
    yield [
      'nonRetryable',
      was.nonRetryable.join(', ') || 'empty',
      `${listed(hopeless)} ${hopeless.length === 1 ? 'is' : 'are'} no longer retried: the first failure dead-letters the record.`,
    ];
  }
}
