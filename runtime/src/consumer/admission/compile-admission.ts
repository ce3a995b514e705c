/** From a contract's policy to what decides about its records. */
import type { Clock } from '../../clock.ts';
import type { ConsumerContract } from '../../contract.ts';
import { dropPolicyOf } from '../../loss/loss-topic.ts';
import type { Share } from '../entry.ts';
import type { Admission } from './admission.ts';
import { dropNewest } from './drop-newest.ts';
import { dropOldest } from './drop-oldest.ts';
import { sample } from './sample.ts';

/** `full`: whether the buffer of a partition is. `undefined` for policies that lose nothing. */
export function compileAdmission(
  consumer: ConsumerContract,
  clock: Clock,
  full: (share: Share) => boolean,
): Admission | undefined {
  switch (dropPolicyOf(consumer)) {
    case undefined:
      return undefined;
    case 'drop-oldest':
      return dropOldest(consumer.backpressure, clock);
    case 'drop-newest':
      return dropNewest(full);
    case 'sample':
      return sample(consumer.backpressure.keepOneIn ?? 1);
  }
}
