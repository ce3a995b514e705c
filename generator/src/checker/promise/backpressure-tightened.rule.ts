import type { Backpressure } from '../../model/contract.ts';
import { affected, field, lastingConsumers, lastingProducers, promiseOf, stood } from '../places.ts';
import { printNumber } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const backpressureTightened: PromiseRule = {
  id: 'promise/backpressure-tightened',
  severity: 'error',
  summary: 'A policy that loses events does not begin to lose them earlier.',
  why: 'The age, lag, share or number at which a policy begins to drop is what the readers agreed to. Tightened, the same load loses more; so does a smaller buffer of a producer. Under `block` and `scale` limits lose nothing, so they may change.',
  mirror: { harmless: 'a limit that is relaxed loses fewer events' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (before.backpressure.policy !== after.backpressure.policy) continue;
      for (const [name, was, is] of tightened(before.backpressure, after.backpressure)) {
        // A default that follows another limit is reported with that.
        const path = ['consumers', after.name, 'backpressure', name];
        if (!pair.before.source.written(path) && !pair.after.source.written(path)) continue;
        yield {
          ...promiseOf(pair.after, after, ['backpressure', name]),
          against: stood(pair.before, path, `was ${was}`),
          message: `\`backpressure.${name}\` is now ${is} instead of ${was}: \`${after.backpressure.policy}\` loses events earlier.`,
          consumers: affected(pair.before, [before]),
          hint: 'keep the limit, or let the consumer’s team sign an exception',
        };
      }
    }
    for (const { before, after } of lastingProducers(pair)) {
      const [was, is] = [before.buffer, after.buffer];
      if (before.onOverload !== 'buffer' || after.onOverload !== 'buffer') continue;
      // One without a size was a mistake of its own: `design/unbounded-buffer`.
      if (!was || !is || is.bytes >= was.bytes) continue;
      yield {
        ...field(pair.after, ['producers', after.service, 'buffer']),
        against: stood(pair.before, ['producers', before.service, 'buffer'], `was ${was.text}`),
        message: `${after.service} now holds ${is.text} instead of ${was.text} of events while the broker is away: it loses them earlier.`,
        consumers: affected(pair.before),
        hint: 'keep the size, or let every consumer’s team sign an exception',
      };
    }
  },
};

function* tightened(was: Backpressure, is: Backpressure): Iterable<readonly [name: string, was: string, is: string]> {
  if (is.policy === 'block' || is.policy === 'scale') return;
  if (is.maxInFlight < was.maxInFlight) {
    yield ['maxInFlight', printNumber(was.maxInFlight), printNumber(is.maxInFlight)];
  }
  if (is.maxWaiting < was.maxWaiting) yield ['maxWaiting', printNumber(was.maxWaiting), printNumber(is.maxWaiting)];
  if (is.policy === 'drop-oldest') {
    if (is.maxAge && (!was.maxAge || is.maxAge.ms < was.maxAge.ms))
      yield ['maxAge', was.maxAge?.text ?? 'unlimited', is.maxAge.text];
    if (is.maxLag !== undefined && is.maxLag < (was.maxLag ?? Number.POSITIVE_INFINITY)) {
      yield ['maxLag', was.maxLag === undefined ? 'unlimited' : printNumber(was.maxLag), printNumber(is.maxLag)];
    }
  }
  if (is.policy === 'sample' && (is.keepOneIn ?? 1) > (was.keepOneIn ?? 1)) {
    yield ['keepOneIn', printNumber(was.keepOneIn ?? 1), printNumber(is.keepOneIn ?? 1)];
  }
}
