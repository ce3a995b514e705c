/** The first step of a take-over: the store's epoch of every partition is raised over all earlier owners'. */
import { type Assignment, BrokerError } from '../broker/broker.ts';
import { type Inbox, InboxError, type InboxOwner } from '../inbox/inbox.ts';
import type { IncidentCode } from '../incident.ts';
import type { Share } from './entry.ts';

export interface RaiseOptions {
  /** `undefined`: nothing is to be raised. */
  readonly inbox: Inbox | undefined;
  readonly group: string;
  readonly topic: string;
  /** Asks the group whether the assignment still stands. */
  confirm(): Promise<void>;
  failed(code: IncidentCode, message: string, error: unknown): void;
}

/** Answers the shares whose epoch is raised; the others are tried again by whoever calls. */
export async function raiseEpochs(
  shares: readonly Share[],
  { memberId, generation }: Assignment,
  options: RaiseOptions,
): Promise<readonly Share[]> {
  const { inbox } = options;
  if (inbox === undefined) return shares;
  const owner = { member: memberId, generation };
  const raised = await Promise.all(
    shares.map(async (share) => {
      try {
        await raiseEpoch(inbox, share, owner, options);
        return share;
      } catch (error) {
        // Another assignment, or none: the next owner takes over.
        if (!share.live) return undefined;
        const fenced = (error instanceof InboxError || error instanceof BrokerError) && error.reason === 'fenced';
        const away = error instanceof BrokerError ? 'broker-lost' : 'store-unavailable';
        const why = error instanceof Error ? error.message : String(error);
        const message = `the epoch of partition ${share.partition} could not be raised, it is tried again: ${why}`;
        options.failed(fenced ? 'fenced' : away, message, error);
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
async function raiseEpoch(
  inbox: Inbox,
  share: Share,
  owner: InboxOwner,
  { group, topic, confirm }: RaiseOptions,
): Promise<void> {
  const partition = { group, topic, partition: share.partition };
  if (share.contested) await confirm();
  try {
    share.epoch = await inbox.takeOver(partition, owner);
  } catch (error) {
    if (!(error instanceof InboxError) || error.held === undefined) throw error;
    await confirm();
    if (!share.live) throw error;
    share.epoch = await inbox.takeOver(partition, owner, error.held);
  }
}
