import { affected, field } from '../places.ts';
import { perSecond } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';

export const unboundedBuffer: DesignRule = {
  id: 'design/unbounded-buffer',
  severity: 'error',
  summary: 'A producer that buffers says how much.',
  why: 'A buffer without a size ends when the process runs out of memory, and takes everything in it along. With a size it ends earlier, at a number that somebody chose.',
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
  },
};
