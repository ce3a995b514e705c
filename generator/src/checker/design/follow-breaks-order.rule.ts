import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const followBreaksOrder: DesignRule = {
  id: 'design/follow-breaks-order',
  severity: 'warning',
  summary: 'Where order matters and mistakes are catastrophic, successors wait for a dead letter.',
  why: 'Under `after: follow` the later events of a key are handled although an earlier one sits in the dead letter: an order is cancelled before it was placed. `after: wait` parks them until the dead letter is replayed or discarded; it needs a durable store.',
  *check(contract) {
    const { stakes, ordering } = contract;
    if (ordering !== 'per-key' || (stakes.loss !== 'catastrophic' && stakes.duplicate !== 'catastrophic')) return;
    for (const consumer of contract.consumers) {
      if (consumer.deadLetter?.after !== 'follow') continue;
      yield {
        ...promiseOf(contract, consumer, ['deadLetter', 'after']),
        message:
          'Events of a key go on although an earlier one is dead-lettered: with these stakes that break of order may cost more than waiting.',
        whoPays: 'whoever meets the later event without the earlier one',
        consumers: affected(contract, [consumer]),
        hint: 'say `after: wait` with `store: postgres`, or keep `follow` and know why',
      };
    }
  },
};
