/** What becomes of a record whose attempt failed: another attempt after a while, or the dead letter. */
import type { RetryPolicy } from '../contract.ts';
import { backoffMs } from './backoff.ts';

export interface FailedAttempts {
  /** Attempts that were made. */
  readonly attempts: number;
  /** Milliseconds since the first one began. */
  readonly elapsedMs: number;
  /** `name` of the error. */
  readonly errorClass: string;
}

export type Decision =
  | { readonly retryInMs: number }
  | { readonly dead: 'MAX_ATTEMPTS' | 'BUDGET_EXHAUSTED' | 'REJECTED' };

export function decide(policy: RetryPolicy, failed: FailedAttempts, random: () => number): Decision {
  if (policy.nonRetryable.includes(failed.errorClass)) return { dead: 'REJECTED' };
  if (failed.attempts >= policy.attempts) return { dead: 'MAX_ATTEMPTS' };
  const retryInMs = backoffMs(policy, failed.attempts, random);
  // A retry that could only begin after the budget is over is not waited for.
  if (failed.elapsedMs + retryInMs > policy.withinMs) return { dead: 'BUDGET_EXHAUSTED' };
  return { retryInMs };
}
