import { isLossy } from '../../model/lossy.ts';
import { affected, field, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const lossyWithoutApproval: DesignRule = {
  id: 'design/lossy-without-approval',
  severity: 'error',
  summary: 'A policy that loses events names the team that approved the loss.',
  why: 'Dropping under load is a decision about somebody’s data. `approvedBy` names the team that took it, so that the person on call does not have to ask at night. `block` and `scale` lose nothing and need nobody’s leave.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { policy, approvedBy } = consumer.backpressure;
      if (!isLossy(consumer.backpressure) || approvedBy !== undefined) continue;
      yield {
        ...promiseOf(contract, consumer, ['backpressure', 'policy']),
        message: `\`${policy}\` loses events under load, and nobody has approved it.`,
        whoPays: 'whoever relies on the events that are dropped, without having been asked',
        consumers: affected(contract, [consumer]),
        hint: 'add `approvedBy: <team>` to the backpressure policy, or use `block`',
      };
    }
    for (const { service, onOverload, approvedBy } of contract.producers) {
      if (onOverload === 'block' || approvedBy !== undefined) continue;
      yield {
        ...field(contract, ['producers', service, 'onOverload']),
        message: `${service} loses events when the broker is away (\`onOverload: ${onOverload}\`), and nobody has approved it.`,
        whoPays: 'every consumer: the events never reach the topic',
        consumers: affected(contract),
        hint: `add \`approvedBy: <team>\` to ${service}, or use \`onOverload: block\``,
      };
    }
  },
};
