import type { Ordering } from '../../model/contract.ts';
import { affectedByTopic, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const strength: Record<Ordering, number> = { none: 0, 'per-key': 1, global: 2 };

export const orderingWeakened: PromiseRule = {
  id: 'promise/ordering-weakened',
  severity: 'error',
  summary: 'A promised order is kept.',
  why: 'Consumers that rely on order keep no defence against events that overtake each other: they overwrite the newer state with the older. Consumers must first be written for disorder, then the promise can go.',
  mirror: { harmless: 'a stronger order is a case of the weaker one' },
  *check({ before, after }, sets) {
    if (strength[after.ordering] >= strength[before.ordering]) return;
    yield {
      ...field(after, ['ordering']),
      against: stood(before, ['ordering'], `was ${before.ordering}`),
      message: `Order is now \`${after.ordering}\` instead of \`${before.ordering}\`: an older event may be handled after a newer one.`,
      consumers: affectedByTopic(sets, before, ({ ordering }) => ordering),
      hint: 'let consumers compare `event.sequence` first, then weaken the order in a new major',
    };
  },
};
