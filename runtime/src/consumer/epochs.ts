/** Raises the store's epoch of partitions over every earlier owner: the first step of taking them over. */
import { type Assignment, BrokerError } from '../broker/broker.ts';
import { type Inbox, InboxError } from '../inbox/inbox.ts';
import type { IncidentCode } from '../incident.ts';
import type { Share } from './entry.ts';

export interface EpochsOptions {
  /** `undefined`: nothing is to be raised. */
  readonly store: Inbox | undefined;
  readonly group: string;
  readonly topic: string;
  readonly assignment: Assignment;
  /** Asks the group whether the assignment still stands. */
  confirm(): Promise<void>;
  incident(code: IncidentCode, message: string, cause: unknown): void;
}

/** Answers the shares whose epoch is ours now; what became of the others is said. */
export async function raiseEpochs(shares: readonly Share[], options: EpochsOptions): Promise<readonly Share[]> {
  const { store } = options;
  if (store === undefined) return shares;
  const raised = await Promise.all(
    shares.map(async (share) => {
      try {
        await raise(store, share, options);
        return share;
      } catch (error) {
        // Another assignment, or none: the next owner takes over.
        if (!share.live) return undefined;
        const fenced = (error instanceof InboxError || error instanceof BrokerError) && error.reason === 'fenced';
        const away = error instanceof BrokerError ? 'broker-lost' : 'store-unavailable';
        const why = error instanceof Error ? error.message : String(error);
        const message = `the epoch of partition ${share.partition} could not be raised, it is tried again: ${why}`;
        options.incident(fenced ? 'fenced' : away, message, error);
        return undefined;
      }
    }),
  );
  return raised.filter((share) => share !== undefined);
}

/**
 * A group that was forgotten counts its generations from 1 again, below what the store remembers. Then, and when the
 * store has fenced us, the group decides: by an answer that is younger than what we know of the store.
 */
async function raise(store: Inbox, share: Share, { group, topic, assignment, confirm }: EpochsOptions): Promise<void> {
  const owner = { member: assignment.memberId, generation: assignment.generation };
  const partition = { group, topic, partition: share.partition };
  if (share.contested) await confirm();
  try {
    share.epoch = await store.takeOver(partition, owner);
  } catch (error) {
    if (!(error instanceof InboxError) || error.held === undefined) throw error;
    await confirm();
    if (!share.live) throw error;
    share.epoch = await store.takeOver(partition, owner, error.held);
  }
}
