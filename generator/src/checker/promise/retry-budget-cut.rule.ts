import type { Retry } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { listed, printDuration, printNumber } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const retryBudgetCut: PromiseRule = {
  id: 'promise/retry-budget-cut',
  severity: 'error',
  summary: 'A failing record keeps the attempts and the time it was promised.',
  why: 'The budget is what carries a consumer over an outage of what it depends on. With less of it, an outage that passed unnoticed yesterday fills the dead letter tomorrow. `backoff` belongs to it: pauses that are too short use the attempts up before the outage is over, and pauses that are too long leave no room for them in `within`.',
  mirror: { harmless: 'a larger budget dead-letters later, never more' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (!before.retry) continue;
      for (const [path, was, message] of after.retry ? cuts(before.retry, after.retry) : without(before.retry)) {
        yield {
          ...promiseOf(pair.after, after, ['retry', ...path]),
          against: stood(pair.before, ['consumers', before.name, 'retry', ...path], `was ${was}`),
          message,
          consumers: affected(pair.before, [before]),
          hint: 'keep the budget, or let the consumer’s team sign an exception',
        };
      }
    }
  },
};

type Cut = readonly [path: readonly string[], was: string, message: string];

function* without({ attempts, within }: Retry): Iterable<Cut> {
  yield [[], `${attempts} within ${within.text}`, 'A failing record is no longer retried: the first failure loses it.'];
}

function* cuts(was: Retry, is: Retry): Iterable<Cut> {
  if (is.attempts < was.attempts) {
    yield [
      ['attempts'],
      `${was.attempts}`,
      `A failing record is given up after ${is.attempts} instead of ${was.attempts} attempts.`,
    ];
  }
  if (is.within.ms < was.within.ms) {
    yield [
      ['within'],
      was.within.text,
      `A failing record is given up after ${is.within.text} instead of ${was.within.text}: an outage in between now ends in the dead letter.`,
    ];
  }
  if (is.attempts >= was.attempts && is.within.ms >= was.within.ms) yield* cutsByBackoff(was, is);
  if (is.ratio.fraction < was.ratio.fraction) {
    yield [
      ['ratio'],
      was.ratio.text,
      `Retries may be ${is.ratio.text} instead of ${was.ratio.text} of all attempts: in a wide outage more records are given up.`,
    ];
  }
  const hopeless = is.nonRetryable.filter((name) => !was.nonRetryable.includes(name));
  if (hopeless.length > 0) {
    yield [
      ['nonRetryable'],
      was.nonRetryable.join(', ') || 'empty',
      `${listed(hopeless)} ${hopeless.length === 1 ? 'is' : 'are'} no longer retried: the first failure dead-letters the record.`,
    ];
  }
}

function* cutsByBackoff(was: Retry, is: Retry): Iterable<Cut> {
  const [old, now] = [spreadOf(was), spreadOf(is)];
  const { initial, factor, max, jitter } = was.backoff;
  const words = `${initial.text} × ${factor}, at most ${max.text}, jitter ${jitter}`;
  if (now.attempts < old.attempts) {
    const room = `about ${printNumber(now.attempts)} instead of ${printNumber(old.attempts)} attempts`;
    yield [['backoff'], words, `With these pauses ${room} fit into ${is.within.text}.`];
  } else if (now.ms < old.ms) {
    const [short, long] = [printDuration(now.ms), printDuration(old.ms)];
    const message = `With these pauses all attempts are used up after about ${short} instead of ${long}: an outage in between now ends in the dead letter.`;
    yield [['backoff'], words, message];
  }
}

/** How many attempts begin, and when the last of them does, if each fails at once; pauses with jitter by their mean. */
function spreadOf({ attempts, within, backoff }: Retry): { readonly attempts: number; readonly ms: number } {
  const mean = backoff.jitter === 'full' ? 0.5 : 1;
  let ms = 0;
  for (let made = 1; made < attempts; made += 1) {
    const pause = mean * Math.min(backoff.max.ms, backoff.initial.ms * backoff.factor ** (made - 1));
    if (ms + pause > within.ms) return { attempts: made, ms };
    ms += pause;
  }
  return { attempts, ms };
}
