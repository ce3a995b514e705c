/**
 * Gives up records as the contract's policy says: on arrival, and again when their first attempt is due. What was
 * started, waits for a retry or for its dead letter is never given up.
 */
import type { BrokerRecord } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { Admission } from './admission/admission.ts';
import { compileAdmission } from './admission/compile-admission.ts';
import type { Entry, Share } from './entry.ts';
import { Fifo } from './fifo.ts';
import type { Losses } from './losses.ts';

export interface LoadShedderOptions {
  readonly clock: Clock;
  readonly losses: Losses;
  /** How long a commit that was not answered may still arrive. */
  readonly lateCommitMs: number;
  /** Whether the buffer of a partition is. */
  full(share: Share): boolean;
  keyOf(record: BrokerRecord): string | undefined;
  /** The lane of a held record goes on. */
  settle(entry: Entry): void;
}

/** `undefined` for policies that lose nothing. */
export function compileLoadShedder(consumer: ConsumerContract, options: LoadShedderOptions): LoadShedder | undefined {
  const admission = compileAdmission(consumer, options.clock, options.full);
  return admission === undefined ? undefined : new LoadShedder(admission, options);
}

export class LoadShedder {
  readonly #admission: Admission;
  readonly #options: LoadShedderOptions;
  /** In offset order. */
  readonly #held = new Map<Share, Fifo<Entry>>();
  #looking = false;

  constructor(admission: Admission, options: LoadShedderOptions) {
    this.#admission = admission;
    this.#options = options;
  }

  /** A record has arrived; answers whether it was given up. */
  refuses(entry: Entry): boolean {
    const admission = this.#admission;
    const { losses, keyOf } = this.#options;
    if (!admission.refuses(entry.record, entry.share)) return false;
    if (!admission.repeatable) this.#hold(entry, keyOf(entry.record));
    losses.drop(entry, admission.policy);
    return true;
  }

  /** The first attempt of a record is due; answers whether it was given up instead. */
  outdated(entry: Entry): boolean {
    const admission = this.#admission;
    if (admission.outdated?.(entry.record, entry.share) !== true) return false;
    this.#options.losses.drop(entry, admission.policy);
    return true;
  }

  /**
   * The group has committed: what lies below is nobody's to decide again. Until then a later owner might have room for
   * a record that was refused, and would start it behind its successors (I3). A commit that was not answered may still
   * arrive, and rewind what was acknowledged after it.
   */
  committed(): void {
    const { clock, lateCommitMs, settle } = this.#options;
    for (const [share, held] of this.#held) {
      const unsureForMs = share.doubtedAt + lateCommitMs - clock.monotonic();
      if (share.live && unsureForMs > 0) {
        this.#lookAgain(unsureForMs);
        continue;
      }
      while (share.live && !share.doubt && isBelow(held.peek(), share.committed)) {
        const entry = held.shift();
        if (entry !== undefined) settle(entry);
      }
      if (!share.live || held.size === 0) this.#held.delete(share);
    }
  }

  #lookAgain(inMs: number): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#options.clock.timer(inMs, () => {
      this.#looking = false;
      this.committed();
    });
  }

  #hold(entry: Entry, key: string | undefined): void {
    if (key === undefined) return;
    const { share } = entry;
    entry.held = true;
    share.lanes.enter(key, entry);
    const held = this.#held.get(share) ?? new Fifo<Entry>();
    this.#held.set(share, held);
    held.push(entry);
  }
}

function isBelow(entry: Entry | undefined, committed: bigint | undefined): boolean {
  return entry !== undefined && committed !== undefined && entry.offset < committed;
}
