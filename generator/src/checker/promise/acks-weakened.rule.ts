import type { Producer } from '../../model/contract.ts';
import { affected, field, lastingProducers, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const strength: Record<Producer['acks'], number> = { none: 0, leader: 1, all: 2 };

export const acksWeakened: PromiseRule = {
  id: 'promise/acks-weakened',
  severity: 'error',
  summary: 'A producer waits for as many acknowledgements as before.',
  why: 'With `leader` an event is lost when the leader fails before a follower has it; with `none` nobody knows whether it ever arrived. The consumers, who bear the loss, do not see the change. A service of the same team that takes the place of one that goes keeps its promises.',
  mirror: { harmless: 'waiting for more acknowledgements loses less' },
  *check(pair) {
    for (const { before, after } of lastingProducers(pair)) {
      if (strength[after.acks] >= strength[before.acks]) continue;
      yield {
        ...field(pair.after, ['producers', after.service, 'acks']),
        against: stood(pair.before, ['producers', before.service, 'acks'], `was ${before.acks}`),
        message: `${after.service} now publishes with \`acks: ${after.acks}\` instead of \`${before.acks}\`: events that it believes published can be lost.`,
        consumers: affected(pair.before),
        hint: 'keep `acks: all`; it is batching that buys throughput',
      };
    }
  },
};
