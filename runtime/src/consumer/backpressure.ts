/**
 * `block`: a partition whose records wait beyond its part of `maxWaiting` is paused, and resumed when most of them are
 * gone. Each partition has a part of its own, so that one stuck key stops no other partition; the member never leaves
 * its group for it. A partition that runs far ahead of a record that does not pass is paused as well: what it passed
 * is held in memory until the frontier moves, and a crash would repeat it.
 */
import type { Share } from './entry.ts';

/** Resume below this share of the limit, so that a partition does not flutter. */
const resumeAt = 0.7;

/** Records of one partition from the frontier on, passed ones included. */
const furthestAhead = 50_000;

/** Keys of a consumer that have rows in the line: each costs memory for as long as they wait. */
const mostKeys = 100_000;

export interface Switches {
  pause(share: Share): void;
  resume(share: Share): void;
}

export class Backpressure {
  readonly #maxWaiting: number;
  readonly #switches: Switches;
  #limit: number;
  #keyLimit = mostKeys;
  #paused = 0;

  constructor(maxWaiting: number, switches: Switches) {
    this.#maxWaiting = maxWaiting;
    this.#limit = maxWaiting;
    this.#switches = switches;
  }

  get paused(): number {
    return this.#paused;
  }

  /** A new assignment: nothing is paused by us, and the bound is divided anew. */
  divide(partitions: number): void {
    this.#limit = Math.max(1, Math.floor(this.#maxWaiting / Math.max(1, partitions)));
    this.#keyLimit = Math.ceil(mostKeys / Math.max(1, partitions));
    this.#paused = 0;
  }

  grown(share: Share): void {
    if (share.paused || !this.#exceeds(share, 1)) return;
    share.paused = true;
    this.#paused += 1;
    this.#switches.pause(share);
  }

  shrunk(share: Share): void {
    if (!share.paused) return;
    if (this.#exceeds(share, resumeAt)) return;
    share.paused = false;
    this.#paused -= 1;
    this.#switches.resume(share);
  }

  #exceeds({ waiting, ledger, line }: Share, part: number): boolean {
    if (waiting >= this.#limit * part || ledger.held >= furthestAhead * part) return true;
    // What has a row must be met in the log again before it can run.
    return line !== undefined && line.keys.size >= this.#keyLimit * part && !line.recognising;
  }
}
