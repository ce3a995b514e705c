import type { Producer } from '../../model/contract.ts';
import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

const strength: Record<Producer['acks'], number> = { none: 0, leader: 1, all: 2 };

export const acksWeakened: PromiseRule = {
  id: 'promise/acks-weakened',
  severity: 'error',
  summary: 'A producer waits for as many acknowledgements as before.',
  why: 'With `leader` an event is lost when the leader fails before a follower has it; with `none` nobody knows whether it ever arrived. The consumers, who bear the loss, do not see the change.',
  mirror: { harmless: 'waiting for more acknowledgements loses less' },
  *check({ before, after }) {
    for (const producer of after.producers) {
      const was = before.producers.find(({ service }) => service === producer.service)?.acks;
      if (was === undefined || strength[producer.acks] >= strength[was]) continue;
      yield {
        ...field(after, ['producers', producer.service, 'acks']),
        against: stood(before, ['producers', producer.service, 'acks'], `was ${was}`),
        message: `${producer.service} now publishes with \`acks: ${producer.acks}\` instead of \`${was}\`: events that it believes published can be lost.`,
        consumers: affected(before),
        hint: 'keep `acks: all`; it is batching that buys throughput',
      };
    }
  },
};
