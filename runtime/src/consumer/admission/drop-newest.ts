/**
 * Refuses what arrives while the buffer of its partition is full. Another owner, or the same one a moment later, may
 * have room for the record: the decision cannot be repeated.
 */
import type { Share } from '../entry.ts';
import type { Admission } from './admission.ts';

export function dropNewest(full: (share: Share) => boolean): Admission {
  return { policy: 'drop-newest', refuses: (_record, share) => full(share), repeatable: false };
}
