import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const retryShorterThanOneRun: DesignRule = {
  id: 'design/retry-shorter-than-one-run',
  severity: 'warning',
  summary: 'The time for retries holds at least one whole run of the handler.',
  why: 'A handler may run until its `timeout`. When the time for all attempts is shorter than that, one slow run uses it up, and the record is dead-lettered without the second attempt that the contract names.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { retry, timeout } = consumer;
      if (!retry || retry.attempts < 2 || retry.within.ms > timeout.ms) continue;
      yield {
        ...promiseOf(contract, consumer, ['retry', 'within']),
        message: `${retry.attempts} attempts may not happen within ${retry.within.text}: one run can take ${timeout.text} (\`timeout\`).`,
        whoPays: `${consumer.deadLetter?.owner ?? consumer.owner}, called after one slow run`,
        consumers: affected(contract, [consumer]),
        hint: `raise \`within\` above ${timeout.text}, or lower the handler’s \`timeout\``,
      };
    }
  },
};
