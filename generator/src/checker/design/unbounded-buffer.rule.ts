import type { Backpressure } from '../../model/contract.ts';
import { affected, field, promiseOf } from '../places.ts';
import { perSecond } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const unboundedBuffer: DesignRule = {
  id: 'design/unbounded-buffer',
  severity: 'error',
  summary: 'Whatever waits, waits within a stated bound.',
  why: 'A buffer without a size ends when the process runs out of memory, and takes everything in it along. A dropping policy without `maxAge`, `maxLag` or `keepOneIn` has no point at which it begins to drop.',
  *check(contract) {
    for (const { service, onOverload, buffer } of contract.producers) {
      if (onOverload !== 'buffer' || buffer) continue;
      const { peak, payload } = contract.traffic;
      yield {
        ...field(contract, ['producers', service, 'onOverload']),
        message: `${service} buffers without a size: at the peak of ${peak.text} it grows by ${perSecond(peak, payload)} until the process dies.`,
        whoPays: `${service}, and every consumer of the events that die with it`,
        consumers: affected(contract),
        hint: 'add `buffer: 64 MiB`, or whatever the process can spare',
      };
    }
    for (const consumer of contract.consumers) {
      const missing = missingBound(consumer.backpressure);
      if (missing === undefined) continue;
      yield {
        ...promiseOf(contract, consumer, ['backpressure', 'policy']),
        message: `\`${consumer.backpressure.policy}\` has no bound at which it begins to drop.`,
        whoPays: 'the consumer: its backlog grows without end',
        consumers: affected(contract, [consumer]),
        hint: `add ${missing} to the backpressure policy`,
      };
    }
  },
};

function missingBound({ policy, maxAge, maxLag, keepOneIn }: Backpressure): string | undefined {
  if (policy === 'drop-oldest' && maxAge === undefined && maxLag === undefined) return '`maxAge` or `maxLag`';
  if (policy === 'sample' && keepOneIn === undefined) return '`keepOneIn`';
  return undefined;
}
