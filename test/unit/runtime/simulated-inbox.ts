/** An inbox of changing mood: it may throw before a call, or after it took effect where the port allows that. */
import type { MemoryTransaction } from '@tenet/runtime/memory';
import type { Inbox, InboxRecord } from '../../../runtime/src/inbox/inbox.ts';

/** `late`: the call took effect. */
export function moodyInbox(
  inbox: Inbox<MemoryTransaction>,
  mood: (late: boolean) => Promise<void>,
  marked: (record: InboxRecord) => void,
): Inbox<MemoryTransaction> {
  return {
    ...inbox,
    takeOver: async (...call) => {
      await mood(false);
      const epoch = await inbox.takeOver(...call);
      await mood(true);
      return epoch;
    },
    handle: async (...call) => {
      await mood(false);
      return inbox.handle(...call);
    },
    handleBatch: async (...call) => {
      await mood(false);
      return inbox.handleBatch(...call);
    },
    markDead: async (...call) => {
      await mood(false);
      const outcome = await inbox.markDead(...call);
      if (outcome.outcome === 'dead') marked(call[0]);
      await mood(true);
      return outcome;
    },
  };
}
