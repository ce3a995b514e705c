import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const contractWithdrawn: PromiseRule = {
  id: 'promise/contract-withdrawn',
  severity: 'error',
  summary: 'A contract in force does not become a draft again.',
  why: 'A draft promises nothing, so whatever changes in it is free. A contract that goes back to being one takes every promise in it away at once, and the next change would pass unseen. The payload and the promises of the change that withdraws it are still compared.',
  mirror: { harmless: 'a draft that comes into force begins to promise' },
  *check({ before, after }) {
    if (before.status === 'draft' || after.status !== 'draft') return;
    yield {
      ...field(after, ['status']),
      against: stood(before, ['status'], `was ${before.status}`),
      message: `${after.name}@${after.major} is a draft again: nothing in it is promised to anybody any more.`,
      consumers: affected(before),
      hint: 'say `status: deprecated` with `replacedBy` and `removeAfter`, and delete it when the consumers have moved',
    };
  },
};
