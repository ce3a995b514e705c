import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const rolloutShortened: PromiseRule = {
  id: 'promise/rollout-shortened',
  severity: 'warning',
  summary: 'Teams keep the time that they were given to deploy.',
  why: '`rollout` says how long services of an older version may still run, and so how long new events must be readable for them. Shortened, a service that is within its time is no longer looked after.',
  mirror: { harmless: 'more time is held against idempotency windows by design/idempotency-window-too-short' },
  *check({ before, after }) {
    if (after.rollout.ms >= before.rollout.ms) return;
    yield {
      ...field(after, ['rollout']),
      against: stood(before, ['rollout'], `was ${before.rollout.text}`),
      message: `Services of an older version may now run for ${after.rollout.text} instead of ${before.rollout.text}.`,
      consumers: affected(before),
      hint: 'make sure that every service is deployed within that time',
    };
  },
};
