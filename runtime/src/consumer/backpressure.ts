/**
 * `block`: a partition whose records wait beyond its part of `maxWaiting` is paused, and resumed when most of them are
 * gone. Each partition has a part of its own, so that one stuck key stops no other partition; the member never leaves
 * its group for it. A partition that runs far ahead of a record that does not pass is paused as well: what it passed
 * is held in memory until the frontier moves, and a crash would repeat what a commit has no room for. While only probes
 * start, a partition is paused as soon as one record waits: that one is the next probe. Losses that are not in the account
 * yet wait like records. A policy that refuses records at the full buffer pauses for those only.
 */
import type { ConsumerContract } from '../contract.ts';
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
  /** The policy drops what arrives at the full buffer: only losses fill it up. */
  readonly #refuses: boolean;
  readonly #parks: boolean;
  #limit: number;
  #keyLimit = mostKeys;
  #narrow = false;
  #paused = 0;

  constructor({ maxWaiting, policy }: ConsumerContract['backpressure'], switches: Switches) {
    this.#maxWaiting = maxWaiting;
    this.#limit = maxWaiting;
    this.#switches = switches;
    this.#refuses = policy === 'drop-newest';
    this.#parks = policy === 'block' || policy === 'scale';
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

  /** Only probes start. */
  narrow(shares: Iterable<Share>): void {
    this.#narrow = true;
    for (const share of shares) this.grown(share);
  }

  /** Everything starts again. */
  widen(shares: Iterable<Share>): void {
    this.#narrow = false;
    for (const share of shares) this.shrunk(share);
  }

  /** The partition's part of `maxWaiting` is used up. */
  full(share: Share): boolean {
    return share.waiting >= this.#limit;
  }

  grown(share: Share): void {
    if (share.paused || !this.#exceeds(share, reaches)) return;
    share.paused = true;
    this.#paused += 1;
    this.#switches.pause(share);
  }

  shrunk(share: Share): void {
    if (!share.paused) return;
    if (this.#exceeds(share, staysNear)) return;
    share.paused = false;
    this.#paused -= 1;
    this.#switches.resume(share);
  }

  /** What waits behind a failing key of it has to leave the memory. A policy that loses records drops instead. */
  crowded(share: Share): boolean {
    return share.paused && this.#parks && !this.#narrow;
  }

  #exceeds(share: Share, over: (value: number, limit: number) => boolean): boolean {
    const { ledger, line } = share;
    if (over(this.#load(share), this.#most) || over(ledger.held, furthestAhead)) return true;
    // What has a row must be met in the log again before it can run.
    return line !== undefined && over(line.keys.size, this.#keyLimit) && !line.recognising;
  }

  get #most(): number {
    return this.#narrow ? 1 : this.#limit;
  }

  #load({ waiting, losing }: Share): number {
    return this.#refuses && !this.#narrow ? losing : waiting + losing;
  }
}

function reaches(value: number, limit: number): boolean {
  return value >= limit;
}

function staysNear(value: number, limit: number): boolean {
  return value > limit * resumeAt;
}
