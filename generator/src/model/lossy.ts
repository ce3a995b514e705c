import type { Backpressure } from './contract.ts';

/** Whether the policy loses events under load; the others let them wait. */
export function isLossy({ policy }: Pick<Backpressure, 'policy'>): boolean {
  return policy !== 'block' && policy !== 'scale';
}
