import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

/** `max_connections` of a PostgreSQL that nobody tuned. */
const given = 100;

export const moreConnectionsThanAPool: DesignRule = {
  id: 'design/more-connections-than-a-pool',
  severity: 'warning',
  summary: 'A consumer that works in transactions asks for no more of them than its database gives.',
  why: 'Under effectively-once every running handler holds a connection. With more handlers than connections the rest wait for one, hold their records meanwhile, and time out together when the database is slow. PostgreSQL gives 100 connections unless it was told otherwise, to all instances of all services together.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { delivery, idempotency, concurrency } = consumer;
      if (delivery !== 'effectively-once' || idempotency?.store !== 'postgres' || concurrency <= given) continue;
      yield {
        ...promiseOf(contract, consumer, ['concurrency']),
        message: `${concurrency} handlers at once want ${concurrency} connections in each instance; PostgreSQL gives ${given} in all unless it was told otherwise.`,
        whoPays: `${consumer.owner}, and every other user of the database`,
        consumers: affected(contract, [consumer]),
        hint: 'lower `concurrency` to the size of the pool: handlers beyond it only wait',
      };
    }
  },
};
