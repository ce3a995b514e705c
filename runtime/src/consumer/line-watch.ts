/**
 * Notices what people decide about dead letters, by looking: a message could be lost with whoever read it. Looks only
 * while there are rows.
 */
import type { CancelTimer, Clock } from '../clock.ts';
import type { Line } from '../line/line.ts';
import type { Entry, Share } from './entry.ts';
import { partitionOf } from './line-traffic.ts';
import type { ShareLine } from './share-line.ts';

export interface LineWatchOptions {
  readonly line: Line;
  readonly group: string;
  readonly topic: string;
  readonly clock: Clock;
  readonly everyMs: number;
  shares(): Iterable<Share>;
  /** Rows of the partition may have their turn. */
  decided(share: Share): void;
  discarded(): void;
}

/** Dead letters of a partition that one look asks for. */
const mostAsked = 5000;

export class LineWatch {
  readonly #options: LineWatchOptions;
  #timer: CancelTimer | undefined;

  constructor(options: LineWatchOptions) {
    this.#options = options;
  }

  /** There are rows, perhaps. */
  arm(): void {
    if (this.#timer !== undefined) return;
    for (const share of this.#options.shares()) {
      if (!isWatched(share)) continue;
      this.#timer = this.#options.clock.timer(this.#options.everyMs, () => this.#look());
      return;
    }
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#options.shares()].filter(isWatched).map((share) => this.#lookAt(share)));
    this.#timer = undefined;
    this.arm();
  }

  async #lookAt(share: Share): Promise<void> {
    const line = share.line;
    if (line === undefined) return;
    try {
      const news = await this.#options.line.watch(partitionOf(share, this.#options), line.someDead(mostAsked));
      if (!share.live) return;
      line.oldest = line.rows === 0 ? undefined : news.oldest;
      for (const { offset, deaths, state } of news.decided) this.#decided(share, line, offset, deaths, state);
      if (news.decided.length > 0) this.#options.decided(share);
    } catch {
      // The next look asks again; whoever needs the store says that it is away.
    }
  }

  #decided(share: Share, line: ShareLine<Entry>, offset: bigint, deaths: number, state: 'ready' | 'discarded'): void {
    const row = line.dead.get(offset);
    // It has died once more since somebody looked.
    if (row === undefined || (state === 'ready' && row.deaths !== deaths)) return;
    line.dead.delete(offset);
    if (state === 'discarded') {
      line.count(row.key, -1);
      this.#options.discarded();
    }
    row.key.blocked = false;
    line.consider(row.key, share.ledger.next);
  }
}

function isWatched(share: Share): boolean {
  return share.live && share.open && share.line !== undefined && share.line.rows > 0;
}
