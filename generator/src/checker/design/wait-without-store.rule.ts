import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const waitWithoutStore: DesignRule = {
  id: 'design/wait-without-store',
  severity: 'error',
  summary: 'A consumer that parks the successors of a dead letter has a durable store to park them in.',
  why: '`after: wait` keeps the later events of a key back until the dead letter is replayed or discarded, which may take days. Memory does not last that long; the line of parked records lives in PostgreSQL.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      if (consumer.deadLetter?.after !== 'wait' || consumer.idempotency?.store === 'postgres') continue;
      yield {
        ...promiseOf(contract, consumer, ['deadLetter', 'after']),
        message: '`after: wait` parks the successors of a dead letter, but this consumer has no durable store.',
        whoPays: `${consumer.owner}: what is parked is lost with the process`,
        consumers: affected(contract, [consumer]),
        hint: 'give it `idempotency` with `store: postgres`, or say `after: follow`',
      };
    }
  },
};
