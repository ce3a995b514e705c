/**
 * Skips what is older than `maxAge` or further than `maxLag` from the end of its partition, so that the newest records
 * are handled in time. Age and lag of a record only grow: a later owner refuses whatever an earlier one refused, as
 * long as their clocks differ by less than the time in which a partition changes hands after a crash.
 */
import type { Clock } from '../../clock.ts';
import type { ConsumerContract } from '../../contract.ts';
import type { Admission } from './admission.ts';

export function dropOldest(
  { maxAgeMs, maxLag }: Pick<ConsumerContract['backpressure'], 'maxAgeMs' | 'maxLag'>,
  clock: Clock,
): Admission {
  const furthest = maxLag === undefined ? undefined : BigInt(maxLag);
  const refuses: Admission['refuses'] = ({ offset, timestamp }, { logEnd }) => {
    // A record without a time has a negative one, and no age.
    if (maxAgeMs !== undefined && timestamp >= 0 && clock.now() - timestamp > maxAgeMs) return true;
    return furthest !== undefined && logEnd !== undefined && logEnd - offset > furthest;
  };
  return { policy: 'drop-oldest', refuses, outdated: refuses, repeatable: true };
}
