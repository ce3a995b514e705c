/**
 * Commits frontiers and what is passed above them (I1, I2): one call in flight for all partitions, rebuilt from the ledgers in the tick of the call,
 * some time or some records after something passed. An unanswered commit may or may not have been written: what the
 * broker holds is then read back before it is relied on. Brokers answer a commit in milliseconds however many
 * partitions it carries, so calls are few.
 */
import { type BrokerConsumer, BrokerError, type OffsetCommit } from '../broker/broker.ts';
import { type CancelTimer, type Clock, sleep } from '../clock.ts';
import { metadataLimit, type Suspect, writeMetadata } from './commit-metadata.ts';
import type { Share } from './entry.ts';

export interface CommitterOptions {
  readonly topic: string;
  /** Of this process. */
  readonly clientId: string;
  readonly clock: Clock;
  /** Longest time that something passed stays uncommitted while the broker answers. */
  readonly everyMs: number;
  /** Whether the broker gives back the metadata of a commit. */
  readonly metadata: boolean;
  /** Records after which a commit does not wait for the time. */
  readonly everyRecords: number;
  shares(): Iterable<Share>;
  consumer(): BrokerConsumer | undefined;
  /** The member does not own its partitions any more. */
  fenced(error: Error): void;
  failed(error: unknown): void;
  /** Milliseconds until the broker acknowledged a commit. */
  took(ms: number): void;
  /** Something was acknowledged, and what was in doubt was read back. */
  committed(): void;
}

export class Committer {
  readonly #options: CommitterOptions;
  #passed = 0;
  #timer: CancelTimer | undefined;
  #flight: Promise<void> | undefined;
  #closed = false;
  /** Of the metadata; a broker may take less than others. */
  #room = metadataLimit;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** A record of the share was passed. */
  note(share: Share): void {
    share.untold = true;
    this.#passed += 1;
    if (this.#passed === this.#options.everyRecords) this.#cycle();
    else if (this.#timer === undefined) this.#arm();
  }

  /** Something beside a passed record is worth a commit: the first position of a partition. */
  wake(): void {
    if (this.#timer === undefined) this.#arm();
  }

  /**
   * Commits until the broker is known to hold every frontier: the drain's last commit. Answers false when the time is
   * over or the partitions are lost; then whoever owns them next repeats what was not committed.
   */
  async settle(budgetMs: number): Promise<boolean> {
    return this.#until(budgetMs, () => !this.#outstanding());
  }

  /**
   * Says of a record that it is about to run alone, and reads that back. Answers false when it could not be said in time
   * or the partition is lost.
   */
  async mark(share: Share, suspect: Suspect, budgetMs: number): Promise<boolean> {
    share.suspects.set(suspect.offset, suspect);
    // One that is under way may have been built before.
    await this.#flight;
    share.untold = true;
    share.doubt = true;
    const marked = await this.#until(budgetMs, () => !share.live || !share.doubt);
    return marked && share.live;
  }

  /** The record ran alone, or is passed, and the process lives. */
  unmark(share: Share, offset: bigint): void {
    if (!share.suspects.delete(offset)) return;
    share.untold = true;
    this.wake();
  }

  /**
   * Writes down, before the first record may start, whose the partitions are and where they are read from. Throws
   * BrokerError as a commit does.
   */
  async claim(consumer: BrokerConsumer, shares: readonly Share[]): Promise<void> {
    const offsets = shares.map((share) => this.#offsetOf(share));
    try {
      if (offsets.length > 0) await consumer.commit(offsets);
    } catch (error) {
      // It may still arrive, and take the group back to where it was.
      this.#doubt(shares);
      throw error;
    }
    this.#acknowledge(shares, offsets);
  }

  async #until(budgetMs: number, isDone: () => boolean): Promise<boolean> {
    const { clock } = this.#options;
    const until = clock.monotonic() + budgetMs;
    for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
      if (isDone()) return true;
      if (this.#closed || clock.monotonic() >= until) return false;
      await this.#commit();
      if (!isDone()) await sleep(clock, Math.min(pause, Math.max(0, until - clock.monotonic())));
    }
  }

  /** No commit is begun any more until the next assignment. */
  close(): void {
    this.#closed = true;
    this.#timer?.();
    this.#timer = undefined;
  }

  open(): void {
    this.#closed = false;
    this.#passed = 0;
  }

  #outstanding(): boolean {
    for (const share of this.#options.shares()) {
      if (share.live && share.open && (share.doubt || isBehind(share))) return true;
    }
    return false;
  }

  #arm(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.timer(this.#options.everyMs, () => {
      this.#timer = undefined;
      this.#cycle();
    });
  }

  #cycle(): void {
    if (this.#closed) return;
    this.#passed = 0;
    if (this.#flight !== undefined) {
      this.wake();
      return;
    }
    this.#commit().then(() => {
      if (this.#outstanding()) this.wake();
    });
  }

  #commit(): Promise<void> {
    if (this.#flight !== undefined) return this.#flight;
    const flight = this.#attempt().finally(() => {
      this.#flight = undefined;
    });
    this.#flight = flight;
    return flight;
  }

  async #attempt(): Promise<void> {
    const consumer = this.#options.consumer();
    if (consumer === undefined) return;
    const owned = [...this.#options.shares()];
    const shares: Share[] = [];
    const offsets: OffsetCommit[] = [];
    for (const share of owned) {
      if (!share.live || !share.open || !isBehind(share)) continue;
      shares.push(share);
      offsets.push(this.#offsetOf(share));
    }
    try {
      if (offsets.length > 0) await this.#timed(consumer.commit(offsets));
      this.#acknowledge(shares, offsets);
      await this.#readBack(consumer);
      this.#options.committed();
    } catch (error) {
      // An answer that comes after its epoch says nothing about the next one.
      if (!owned.some((share) => share.live)) return;
      if (error instanceof BrokerError && error.reason === 'fenced') {
        this.#options.fenced(error);
        return;
      }
      if (error instanceof BrokerError && error.reason === 'too-large') this.#room = Math.floor(this.#room / 2);
      this.#doubt(shares);
      this.#options.failed(error);
    }
  }

  async #timed(commit: Promise<void>): Promise<void> {
    const begun = this.#options.clock.monotonic();
    await commit;
    this.#options.took(this.#options.clock.monotonic() - begun);
  }

  #offsetOf(share: Share): OffsetCommit {
    const { topic, clientId: owner } = this.#options;
    const { partition, leaving } = share;
    const offset = share.ledger.frontier;
    const crashes = share.watch.crashes(offset);
    const suspects = [...share.suspects.values()].sort((a, b) => (a.offset < b.offset ? -1 : 1));
    const said = { owner, leaving, crashes, suspects, completed: share.completed() };
    const { text: metadata, overflow } = writeMetadata(offset, said, this.#room);
    share.untold = false;
    share.overflow = overflow;
    return { topic, partition, offset, metadata };
  }

  #doubt(shares: readonly Share[]): void {
    for (const share of shares) {
      share.doubt = true;
      share.doubtedAt = this.#options.clock.monotonic();
      share.untold = true;
    }
  }

  #acknowledge(shares: readonly Share[], offsets: readonly OffsetCommit[]): void {
    shares.forEach((share, i) => {
      share.committed = offsets[i]?.offset;
      share.told = offsets[i]?.metadata ?? '';
    });
  }

  // An unanswered commit may still arrive after a later one was acknowledged, and rewind it.
  async #readBack(consumer: BrokerConsumer): Promise<void> {
    const doubtful: Share[] = [];
    for (const share of this.#options.shares()) if (share.live && share.doubt) doubtful.push(share);
    if (doubtful.length === 0) return;
    const topic = this.#options.topic;
    const held = await consumer.committed(doubtful.map(({ partition }) => ({ topic, partition })));
    for (const share of doubtful) {
      const one = held.find(({ partition }) => partition === share.partition);
      const tells = !this.#options.metadata || one?.metadata === share.told;
      if (tells && one?.offset === share.committed) share.doubt = false;
      share.committed = one?.offset;
      share.untold ||= share.doubt;
    }
  }
}

function isBehind(share: Share): boolean {
  return share.untold || share.committed !== share.ledger.frontier;
}
