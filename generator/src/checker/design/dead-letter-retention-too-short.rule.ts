import { affected, promiseOf } from '../places.ts';
import { lengthOf, textOf } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const deadLetterRetentionTooShort: DesignRule = {
  id: 'design/dead-letter-retention-too-short',
  severity: 'error',
  summary: 'A dead letter is kept for longer than its owner has to look at it.',
  why: 'When the broker deletes a dead letter before its deadline, the team that kept its promise finds nothing.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { deadLetter } = consumer;
      if (!deadLetter || lengthOf(deadLetter.retention) > deadLetter.investigateWithin.ms) continue;
      yield {
        ...promiseOf(contract, consumer, ['deadLetter', 'retention']),
        message: `Dead letters are deleted after ${textOf(deadLetter.retention)}, but ${deadLetter.owner} has ${deadLetter.investigateWithin.text} to look at them.`,
        whoPays: `${deadLetter.owner}, who finds an empty topic`,
        consumers: affected(contract, [consumer]),
        hint: 'keep them for at least three times the deadline (the default), so that a weekend fits',
      };
    }
  },
};
