/** What a lossy policy decides about a record; composed once at start, one file per policy. */
import type { BrokerRecord } from '../../broker/broker.ts';
import type { DropPolicy } from '../../loss/loss-topic.ts';
import type { Share } from '../entry.ts';

export interface Admission {
  readonly policy: DropPolicy;
  /** Asked once for each record, when it arrives, in offset order. */
  refuses(record: BrokerRecord, share: Share): boolean;
  /** Asked for a record that was let in, when its first attempt is due. Absent: what was let in is handled. */
  readonly outdated?: (record: BrokerRecord, share: Share) => boolean;
  /**
   * Whoever decides about a refused record again refuses it again. Where that is not so, its key waits until no later
   * owner can take it up behind its successors.
   */
  readonly repeatable: boolean;
}
