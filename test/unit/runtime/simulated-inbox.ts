/** A store of changing mood: it may throw before a call, or after it took effect where the port allows that. */
import type { MemoryInbox, MemoryTransaction } from '@tenet/runtime/memory';
import type { InboxRecord } from '../../../runtime/src/inbox/inbox.ts';
import type { Line } from '../../../runtime/src/line/line.ts';
import type { Store } from '../../../runtime/src/store.ts';

/** `late`: the call took effect. */
export function moodyInbox(
  inbox: MemoryInbox,
  mood: (late: boolean) => Promise<void>,
  marked: (record: InboxRecord) => void,
): Store<MemoryTransaction> {
  return {
    ...inbox,
    line: moodyLine(inbox.line, mood),
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

function moodyLine(line: Line, mood: (late: boolean) => Promise<void>): Line {
  const moody =
    <Call extends readonly unknown[], Answer>(call: (...of: Call) => Promise<Answer>) =>
    async (...of: Call) => {
      await mood(false);
      const answer = await call(...of);
      await mood(true);
      return answer;
    };
  return {
    ...line,
    read: moody(line.read),
    park: moody(line.park),
    page: moody(line.page),
    bury: moody(line.bury),
    evidenced: moody(line.evidenced),
    settle: moody(line.settle),
    watch: moody(line.watch),
  };
}
