/**
 * Collects records into batches, one at a time for each partition and event: a batch is due when it is full, or
 * `withinMs` after its first record could have started. A record may join the batch of its predecessor in its key,
 * since both then start together, in their order. A batch never spans partitions: it has one owner, and one fence.
 */
import type { Clock } from '../clock.ts';
import { Batch, type Entry, type Share } from './entry.ts';
import { Fifo } from './fifo.ts';

export interface BatchesOptions {
  readonly size: number;
  readonly withinMs: number;
  readonly clock: Clock;
  /** The batch of that record is to be run; the record is its first. */
  due(first: Entry): void;
}

export class Batches {
  readonly #options: BatchesOptions;
  readonly #forming = new Set<Batch>();
  /** Records that may join the batch of their predecessor while it is forming. */
  readonly #followers = new Fifo<Entry>();

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** The head of a lane, or what `next` answered. */
  take(entry: Entry): void {
    const { share, type } = entry;
    const batch = share.forming[type] ?? this.#form(share, type);
    batch.entries.push(entry);
    entry.batch = batch;
    if (batch.entries.length >= this.#options.size) this.#complete(batch);
    else if (entry.behind !== undefined) this.follow(entry.behind);
  }

  /** A record came to wait behind another one of its key. */
  follow(entry: Entry): void {
    if (joins(entry)) this.#followers.push(entry);
  }

  /** A record that may start together with its predecessor. */
  next(): Entry | undefined {
    for (let entry = this.#followers.shift(); entry !== undefined; entry = this.#followers.shift()) {
      if (joins(entry)) return entry;
    }
    return undefined;
  }

  /** Nothing more is waited for. */
  flush(): void {
    for (const batch of this.#forming) this.#complete(batch);
  }

  close(): void {
    for (const batch of this.#forming) this.#end(batch);
  }

  #form(share: Share, type: number): Batch {
    const batch = new Batch();
    share.forming[type] = batch;
    this.#forming.add(batch);
    batch.cancel = this.#options.clock.timer(this.#options.withinMs, () => this.#complete(batch));
    return batch;
  }

  #complete(batch: Batch): void {
    this.#end(batch);
    // Lanes give their heads in the order in which they became free.
    batch.entries.sort(byOffset);
    const [first] = batch.entries;
    if (first !== undefined) this.#options.due(first);
  }

  #end(batch: Batch): void {
    batch.forming = false;
    batch.cancel();
    this.#forming.delete(batch);
    const [first] = batch.entries;
    if (first !== undefined) first.share.forming[first.type] = undefined;
  }
}

function joins(entry: Entry): boolean {
  const ahead = entry.ahead;
  if (ahead?.batch === undefined || entry.batch !== undefined) return false;
  // One that is held was given up, and only keeps its key waiting; a suspect runs alone.
  if (entry.alone || entry.held || entry.deaths !== undefined) return false;
  return ahead.batch.forming && ahead.type === entry.type;
}

function byOffset(a: Entry, b: Entry): number {
  return a.offset < b.offset ? -1 : 1;
}
