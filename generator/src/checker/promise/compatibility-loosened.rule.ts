import type { Compatibility } from '../../model/contract.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const promises: Record<Compatibility, readonly string[]> = {
  full: ['backward', 'forward'],
  backward: ['backward'],
  forward: ['forward'],
  none: [],
};

export const compatibilityLoosened: PromiseRule = {
  id: 'promise/compatibility-loosened',
  severity: 'error',
  summary: 'The gate is not loosened by the change that it would stop.',
  why: '`compatibility` decides which payload changes are compared at all. A change that lowers it and breaks the payload in one step would pass unseen. The consumers were promised the stricter mode, so their teams sign for the looser one. The payload of the same change is still compared by the old mode.',
  mirror: { harmless: 'a stricter mode promises more' },
  *check({ before, after }) {
    const lost = promises[before.compatibility].filter((promise) => !promises[after.compatibility].includes(promise));
    if (lost.length === 0) return;
    yield {
      ...field(after, ['compatibility']),
      against: stood(before, ['compatibility'], `was ${before.compatibility}`),
      message: `Compatibility is now \`${after.compatibility}\` instead of \`${before.compatibility}\`: ${lost.join(' and ')} ${lost.length === 1 ? 'is' : 'are'} no longer checked.`,
      consumers: affected(before),
      hint: 'keep the mode; a payload that must break is a new major',
    };
  },
};
