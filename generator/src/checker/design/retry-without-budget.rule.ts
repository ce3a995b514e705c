import { affected, promiseOf } from '../places.ts';
import { printDuration } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const retryWithoutBudget: DesignRule = {
  id: 'design/retry-without-budget',
  severity: 'error',
  summary: 'Retries end by attempts and by time, and both ends can be reached.',
  why: 'Attempts alone let a slow failure hold its key for hours; time alone lets a fast one hammer a service that is down. A consumer that can fail needs both, and at least one whole handler run must fit into the time.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { retry, timeout, delivery } = consumer;
      if (!retry) {
        if (delivery === 'at-most-once') continue;
        yield {
          ...promiseOf(contract, consumer, ['retry']),
          message: `${delivery} without \`retry\`: nothing says when a failing record is given up.`,
          whoPays: 'every event behind the failing one',
          consumers: affected(contract, [consumer]),
          hint: 'add `retry: { attempts: 4, within: 5m }`',
        };
        continue;
      }
      if (retry.attempts > 1 && retry.within.ms < timeout.ms) {
        yield {
          ...promiseOf(contract, consumer, ['retry', 'within']),
          message: `${retry.attempts} attempts cannot happen within ${retry.within.text}: one run may take ${printDuration(timeout.ms)} (\`timeout\`).`,
          whoPays: 'the dead letter’s owner, who is called after one slow run',
          consumers: affected(contract, [consumer]),
          hint: `raise \`within\` above ${printDuration(timeout.ms)}, or lower the handler’s \`timeout\``,
        };
      }
    }
  },
};
