/** Which consumers keep a loss ledger, and where. */
import type { ConsumerContract } from '../contract.ts';

/** Policies that lose events, with the approval of a team. */
export type DropPolicy = 'drop-oldest' | 'drop-newest' | 'sample';

/** `undefined`: the consumer loses nothing by its policy and keeps no ledger. */
export function dropPolicyOf({ backpressure }: ConsumerContract): DropPolicy | undefined {
  const { policy } = backpressure;
  return policy === 'block' || policy === 'scale' ? undefined : policy;
}

/** `topic`: of the events, under the environment of the runtime. It has a partition for each of theirs. */
export function lossTopic(topic: string, consumer: string): string {
  return `${topic}.${consumer}.loss`;
}
