import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const idleConcurrency: DesignRule = {
  id: 'design/idle-concurrency',
  severity: 'warning',
  summary: 'Concurrency that the ordering cannot use is not asked for.',
  why: 'Under global order each event waits for the one before it, so one handler works and the rest stand by. Say `concurrency: 1`, so that nobody sizes connections or pods by the larger number.',
  *check(contract) {
    if (contract.ordering !== 'global') return;
    for (const consumer of contract.consumers) {
      if (consumer.concurrency <= 1 || !contract.source.written(['consumers', consumer.name, 'concurrency'])) continue;
      yield {
        ...promiseOf(contract, consumer, ['concurrency']),
        message: `Global order lets one handler work at a time: ${consumer.concurrency - 1} of ${consumer.concurrency} never will.`,
        whoPays: `${consumer.owner}, for capacity that stands still`,
        consumers: affected(contract, [consumer]),
        hint: 'say `concurrency: 1`, or `ordering: per-key`',
      };
    }
  },
};
