import type { Backpressure } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const backpressureTightened: PromiseRule = {
  id: 'promise/backpressure-tightened',
  severity: 'error',
  summary: 'A policy that loses events does not begin to lose them earlier.',
  why: 'The age, lag or share at which a policy begins to drop is what the readers agreed to. Tightened, the same load loses more. Under `block` and `scale` limits lose nothing, so they may change.',
  mirror: { harmless: 'a limit that is relaxed loses fewer events' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (before.backpressure.policy !== after.backpressure.policy) continue;
      for (const [name, was, is] of tightened(before.backpressure, after.backpressure)) {
        yield {
          ...promiseOf(pair.after, after, ['backpressure', name]),
          against: stood(pair.before, ['consumers', before.name, 'backpressure', name], `was ${was}`),
          message: `\`backpressure.${name}\` is now ${is} instead of ${was}: \`${after.backpressure.policy}\` loses events earlier.`,
          consumers: affected(pair.after, [after]),
          hint: 'keep the limit, or let the consumer’s team sign an exception',
        };
      }
    }
  },
};

function* tightened(was: Backpressure, is: Backpressure): Iterable<readonly [name: string, was: string, is: string]> {
  if (is.policy === 'drop-oldest') {
    if (is.maxAge && (!was.maxAge || is.maxAge.ms < was.maxAge.ms))
      yield ['maxAge', was.maxAge?.text ?? 'unlimited', is.maxAge.text];
    if (is.maxLag !== undefined && is.maxLag < (was.maxLag ?? Number.POSITIVE_INFINITY)) {
      yield ['maxLag', was.maxLag === undefined ? 'unlimited' : printNumber(was.maxLag), printNumber(is.maxLag)];
    }
  }
  if (is.policy === 'drop-newest' && is.maxWaiting < was.maxWaiting) {
    yield ['maxWaiting', printNumber(was.maxWaiting), printNumber(is.maxWaiting)];
  }
  if (is.policy === 'sample' && (is.keepOneIn ?? 1) > (was.keepOneIn ?? 1)) {
    yield ['keepOneIn', printNumber(was.keepOneIn ?? 1), printNumber(is.keepOneIn ?? 1)];
  }
}
