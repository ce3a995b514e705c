import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const atMostOnceCatastrophic: DesignRule = {
  id: 'design/at-most-once-catastrophic',
  severity: 'error',
  summary: 'Where a lost event is a catastrophe, delivery is at least once.',
  why: 'At-most-once commits before it works: whatever is in hand when the process dies is gone, without a trace. That fits telemetry, not money.',
  *check(contract) {
    if (contract.stakes.loss !== 'catastrophic') return;
    for (const consumer of contract.consumers) {
      if (consumer.delivery !== 'at-most-once') continue;
      yield {
        ...promiseOf(contract, consumer, ['delivery']),
        message:
          'At-most-once, although the contract calls a lost event catastrophic: every crash loses what is in hand.',
        whoPays: `${consumer.owner}, with at most ${consumer.backpressure.maxInFlight} events a crash`,
        consumers: affected(contract, [consumer]),
        hint: 'use `at-least-once` or `effectively-once`, or say honestly what a loss costs (`stakes.loss`)',
      };
    }
  },
};
