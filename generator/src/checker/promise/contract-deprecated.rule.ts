import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const contractDeprecated: PromiseRule = {
  id: 'promise/contract-deprecated',
  severity: 'note',
  summary: 'Consumers hear that a contract ends, and when.',
  why: 'From the day of deprecation consumers have until `removeAfter` to move to what replaces it. Their teams read it in the review that announces it, and not on the last day. A date that is brought forward takes time from them.',
  mirror: { harmless: 'a contract that lives longer takes nothing from anybody' },
  *check({ before, after }) {
    const isEarlier = (after.removeAfter ?? '') < (before.removeAfter ?? '');
    if (after.status !== 'deprecated' || (before.status === 'deprecated' && !isEarlier)) return;
    const end = after.removeAfter === undefined ? '' : ` and goes after ${after.removeAfter}`;
    const next = after.replacedBy === undefined ? '' : `, replaced by ${after.replacedBy}`;
    const [path, was]: readonly [string[], string] = isEarlier
      ? [['removeAfter'], `was ${before.removeAfter}`]
      : [['status'], `was ${before.status}`];
    yield {
      ...field(after, path),
      against: stood(before, path, was),
      message: `${after.name}@${after.major} is deprecated${end}${next}.`,
      consumers: affected(before),
      hint: 'the teams plan their move now',
    };
  },
};
