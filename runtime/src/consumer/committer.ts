/**
 * Commits frontiers (I1, I2): one call in flight for all partitions, rebuilt from the ledgers in the tick of the call,
 * some time or some records after something passed. An unanswered commit may or may not have been written: what the
 * broker holds is then read back before it is relied on. Brokers answer a commit in milliseconds however many
 * partitions it carries, so calls are few.
 */
import { type BrokerConsumer, BrokerError, type OffsetCommit } from '../broker/broker.ts';
import { type CancelTimer, type Clock, sleep } from '../clock.ts';
import type { Share } from './entry.ts';

/** In the metadata of every commit of ours; an offset without it was committed by something else. */
export const signature = 'tenet/1';

export interface CommitterOptions {
  readonly topic: string;
  readonly clock: Clock;
  /** Longest time that something passed stays uncommitted while the broker answers. */
  readonly everyMs: number;
  /** Records after which a commit does not wait for the time. */
  readonly everyRecords: number;
  shares(): Iterable<Share>;
  consumer(): BrokerConsumer | undefined;
  /** The member does not own its partitions any more. */
  fenced(error: Error): void;
  failed(error: unknown): void;
  /** Milliseconds until the broker acknowledged a commit. */
  took(ms: number): void;
  /** Something was acknowledged. */
  committed(): void;
}

export class Committer {
  readonly #options: CommitterOptions;
  #passed = 0;
  #timer: CancelTimer | undefined;
  #flight: Promise<void> | undefined;
  #closed = false;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** A record was passed. */
  note(): void {
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
    const { clock } = this.#options;
    const until = clock.monotonic() + budgetMs;
    for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
      if (!this.#outstanding()) return true;
      if (this.#closed || clock.monotonic() >= until) return false;
      await this.#commit();
      if (this.#outstanding()) await sleep(clock, Math.min(pause, Math.max(0, until - clock.monotonic())));
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
      if (share.live && share.open && (share.doubt || share.committed !== share.ledger.frontier)) return true;
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
      const frontier = share.ledger.frontier;
      if (!share.live || !share.open || share.committed === frontier) continue;
      shares.push(share);
      offsets.push({ topic: this.#options.topic, partition: share.partition, offset: frontier, metadata: signature });
    }
    try {
      if (offsets.length > 0) await this.#timed(consumer.commit(offsets));
      shares.forEach((share, i) => {
        share.committed = offsets[i]?.offset;
      });
      this.#options.committed();
      await this.#readBack(consumer);
    } catch (error) {
      // An answer that comes after its epoch says nothing about the next one.
      if (!owned.some((share) => share.live)) return;
      if (error instanceof BrokerError && error.reason === 'fenced') {
        this.#options.fenced(error);
        return;
      }
      for (const share of shares) share.doubt = true;
      this.#options.failed(error);
    }
  }

  async #timed(commit: Promise<void>): Promise<void> {
    const begun = this.#options.clock.monotonic();
    await commit;
    this.#options.took(this.#options.clock.monotonic() - begun);
  }

  // An unanswered commit may still arrive after a later one was acknowledged, and rewind it.
  async #readBack(consumer: BrokerConsumer): Promise<void> {
    const doubtful: Share[] = [];
    for (const share of this.#options.shares()) if (share.live && share.doubt) doubtful.push(share);
    if (doubtful.length === 0) return;
    const topic = this.#options.topic;
    const held = await consumer.committed(doubtful.map(({ partition }) => ({ topic, partition })));
    for (const share of doubtful) {
      const offset = held.find((one) => one.partition === share.partition)?.offset;
      if (offset === share.committed) share.doubt = false;
      else share.committed = offset;
    }
  }
}
