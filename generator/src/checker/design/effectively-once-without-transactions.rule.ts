import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const effectivelyOnceWithoutTransactions: DesignRule = {
  id: 'design/effectively-once-without-transactions',
  severity: 'error',
  summary: 'Effectively-once remembers its keys in a store that commits together with the handler.',
  why: 'A memory store forgets when the process dies, which is exactly when events are delivered again. It exists for tests. Use `store: postgres`, or promise at-least-once and make the handler idempotent by itself.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      if (consumer.delivery !== 'effectively-once' || consumer.idempotency?.store !== 'memory') continue;
      yield {
        ...promiseOf(contract, consumer, ['idempotency', 'store']),
        message: 'Effectively-once over `store: memory`: after a crash the keys are gone and the effects stay.',
        whoPays: 'whoever sees the effect twice',
        consumers: affected(contract, [consumer]),
        hint: 'use `store: postgres` (the default), or `delivery: at-least-once`',
      };
    }
  },
};
