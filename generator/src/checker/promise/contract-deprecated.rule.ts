import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const contractDeprecated: PromiseRule = {
  id: 'promise/contract-deprecated',
  severity: 'note',
  summary: 'Consumers hear that a contract ends, and when.',
  why: 'From the day of deprecation consumers have until `removeAfter` to move to what replaces it. Their teams read it in the review that announces it, and not on the last day.',
  mirror: { harmless: 'a contract that lives on takes nothing from anybody' },
  *check({ before, after }) {
    if (after.status !== 'deprecated') return;
    const isNew = before.status !== 'deprecated';
    if (!isNew && (before.removeAfter !== undefined || after.removeAfter === undefined)) return;
    const path = [isNew ? 'status' : 'removeAfter'];
    const end = after.removeAfter === undefined ? '' : ` and goes after ${after.removeAfter}`;
    const next = after.replacedBy === undefined ? '' : `, replaced by ${after.replacedBy}`;
    yield {
      ...field(after, path),
      against: stood(before, path, isNew ? `was ${before.status}` : 'was without a date'),
      message: `${after.name}@${after.major} is deprecated${end}${next}.`,
      consumers: affected(before),
      hint: 'the teams plan their move now',
    };
  },
};
