/** Attempts at records that may stand in the line: what is settled loses its row, and the dead get one under `wait`. */
import type { DeadLetterPolicy } from '../contract.ts';
import { InboxError } from '../inbox/inbox.ts';
import { keyHash } from '../line/key-hash.ts';
import type { Line, LineOwner } from '../line/line.ts';
import type { Attempts } from './attempts.ts';
import type { Entry } from './entry.ts';

export interface LineAttemptsOptions {
  /** As in `ConsumerOptions`; without one nothing ever has a row. */
  readonly line: Line | undefined;
  readonly group: string;
  readonly after: DeadLetterPolicy['after'];
  /** A handled record's row goes in the handler's own transaction. */
  readonly transactional: boolean;
  readonly keyOf: (record: Entry['record']) => string | undefined;
}

export function withLine(attempts: Attempts, options: LineAttemptsOptions): Attempts {
  const { line, group, after, transactional, keyOf } = options;
  if (line === undefined) return attempts;
  const owner = ({ record, share }: Entry): LineOwner => {
    return { group, topic: record.topic, partition: record.partition, epoch: share.epoch };
  };
  const settle = async (entry: Entry) => refusal(entry, line.settle(owner(entry), entry.offset));
  return {
    ...attempts,
    async run(entry) {
      if (!entry.row) return attempts.run(entry);
      // With an outcome, only the removal of the row is left: the store did not answer.
      if (entry.outcome === undefined) {
        const verdict = await attempts.run(entry);
        const settled = verdict === 'duplicate' || verdict === 'mismatch' || verdict === 'handled';
        if (!settled || (verdict === 'handled' && transactional)) return verdict;
        entry.outcome = verdict;
      }
      return (await settle(entry)) ?? entry.outcome;
    },
    async markDead(entry) {
      const { record, death, died: deaths } = entry;
      if (after === 'follow' || death === undefined) return attempts.markDead(entry);
      const dead = { record, keyHash: keyHash(keyOf(record), record), deaths, death };
      return (await refusal(entry, line.bury(owner(entry), dead))) ?? 'dead';
    },
    async evidenced(entry) {
      if (after === 'follow') return (entry.row ? await settle(entry) : undefined) ?? 'buried';
      return (await refusal(entry, line.evidenced(owner(entry), entry.offset, entry.died))) ?? 'buried';
    },
  };
}

async function refusal(entry: Entry, call: Promise<void>): Promise<'fenced' | 'unavailable' | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    entry.error = error;
    return error instanceof InboxError && error.reason === 'fenced' ? 'fenced' : 'unavailable';
  }
}
