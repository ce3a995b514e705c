import type { Delivery } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const strength: Record<Delivery, number> = { 'at-most-once': 0, 'at-least-once': 1, 'effectively-once': 2 };

export const deliveryWeakened: PromiseRule = {
  id: 'promise/delivery-weakened',
  severity: 'error',
  summary: 'A consumer keeps the delivery it was promised.',
  why: 'A handler written for effectively-once has no defence against duplicates, one written for at-least-once none against loss. The handler must be ready before the promise changes, and its team signs for it.',
  mirror: { harmless: 'a stronger delivery is a case of the weaker one' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      if (strength[after.delivery] >= strength[before.delivery]) continue;
      const cost = after.delivery === 'at-most-once' ? 'events can be lost' : 'an event can take effect twice';
      yield {
        ...promiseOf(pair.after, after, ['delivery']),
        against: stood(pair.before, ['consumers', before.name, 'delivery'], `was ${before.delivery}`),
        message: `Delivery is now ${after.delivery} instead of ${before.delivery}: ${cost}.`,
        consumers: affected(pair.before, [before]),
        hint: 'make the handler ready first; then its team signs an exception for this change',
      };
    }
  },
};
