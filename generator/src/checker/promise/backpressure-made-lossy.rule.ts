import type { Producer } from '../../model/contract.ts';
import { isLossy } from '../../model/lossy.ts';
import { affected, field, lastingConsumers, lastingProducers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const backpressureMadeLossy: PromiseRule = {
  id: 'promise/backpressure-made-lossy',
  severity: 'error',
  summary: 'Load does not begin to cost events.',
  why: 'Under `block` and `scale` events wait; under the dropping policies they are gone. Whoever was promised all of them must know before the first is missing.',
  mirror: { harmless: 'a policy that stops losing events gives its readers more than they were promised' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const [was, is] = [before.backpressure.policy, after.backpressure.policy];
      if (was === is || !isLossy(after.backpressure)) continue;
      yield {
        ...promiseOf(pair.after, after, ['backpressure', 'policy']),
        against: stood(pair.before, ['consumers', before.name, 'backpressure', 'policy'], `was ${was}`),
        message: `Under load the policy is now \`${is}\` instead of \`${was}\`: ${isLossy(before.backpressure) ? 'other events are lost than before' : 'events are lost that waited before'}.`,
        consumers: affected(pair.before, [before]),
        hint: 'the consumer’s team signs an exception, beside `approvedBy`',
      };
    }
    for (const { before, after } of lastingProducers(pair)) {
      const [was, is] = [before.onOverload, after.onOverload];
      if (losses[is] <= losses[was]) continue;
      yield {
        ...field(pair.after, ['producers', after.service, 'onOverload']),
        against: stood(pair.before, ['producers', before.service, 'onOverload'], `was ${was}`),
        message: `${after.service} now answers overload with \`${is}\` instead of \`${was}\`: events are lost before they reach the topic.`,
        consumers: affected(pair.before),
        hint: 'every consumer’s team signs an exception, beside `approvedBy`',
      };
    }
  },
};

const losses: Record<Producer['onOverload'], number> = { block: 0, buffer: 1, 'drop-newest': 2 };
