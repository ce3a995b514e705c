import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const effectivelyOnceWithoutKey: DesignRule = {
  id: 'design/effectively-once-without-key',
  severity: 'error',
  summary: 'Effectively-once names the key by which a duplicate is recognised.',
  why: 'Kafka delivers again after every crash, rebalance and replay. Effects happen once only when the handler’s transaction also remembers which event it handled, and that needs a key: `idempotency: { key: [/orderId, /revision], window: 30d }`.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const keys = consumer.idempotency?.key.length ?? 0;
      if (consumer.delivery !== 'effectively-once' || keys > 0) continue;
      yield {
        ...promiseOf(contract, consumer, consumer.idempotency ? ['idempotency', 'key'] : ['delivery']),
        message: 'Effectively-once without an idempotency key: a redelivered event is handled twice.',
        whoPays: 'whoever sees the effect twice: the customer, the warehouse, the bank',
        consumers: affected(contract, [consumer]),
        hint: 'add `idempotency: { key: [<pointers that identify the event>], window: <duration> }`',
      };
    }
  },
};
