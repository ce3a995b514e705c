/**
 * What goes between a partition and its line: at most one write and one read are under way, each repeated until the
 * store answers or the epoch is over. A write is in order of arrival; a read takes the first rows of the keys whose turn
 * has come.
 */
import { type Clock, sleep } from '../clock.ts';
import { InboxError, type InboxPartition } from '../inbox/inbox.ts';
import type { IncidentCode } from '../incident.ts';
import type { Line, LineOwner, LineRow, LineView } from '../line/line.ts';
import { outageMs } from '../retry/backoff.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Entry, type Share } from './entry.ts';
import type { TypeOf } from './event-types.ts';
import type { LineKey, ShareLine } from './share-line.ts';

export interface LineTrafficOptions {
  readonly line: Line;
  readonly group: string;
  readonly topic: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly typeOf: TypeOf;
  readonly keyOf: (record: Entry['record']) => string | undefined;
  readonly dispatcher: () => Dispatcher;
  /** The partition has rows now. */
  parked(): void;
  fenced(share: Share, error: unknown): void;
  incident(code: IncidentCode, message: string, cause: unknown): void;
}

/** Records and bytes of one write. */
const writeRecords = 200;
const writeBytes = 4 * 1024 * 1024;
/** Keys that one read takes, rows of each, and rows of a partition in memory from which on no more are read. */
const readKeys = 32;
const readRows = 8;
const mostLoaded = 256;

export class LineTraffic {
  readonly #options: LineTrafficOptions;
  #away = false;

  constructor(options: LineTrafficOptions) {
    this.#options = options;
  }

  view(share: Share, from: bigint): Promise<LineView> {
    return this.#options.line.read(this.#owner(share), from);
  }

  pump(share: Share): void {
    const line = share.line;
    if (line === undefined || !share.live || !share.open) return;
    if (line.writing.length === 0 && line.queue.size > 0) this.#write(share, line);
    if (!line.reading && line.due.size > 0 && line.loaded < mostLoaded) this.#read(share, line);
  }

  #owner(share: Share): LineOwner {
    return { ...partitionOf(share, this.#options), epoch: share.epoch };
  }

  async #write(share: Share, line: ShareLine<Entry>): Promise<void> {
    const batch = nextBatch(line);
    line.writing = batch;
    const records = batch.map((entry) => ({ record: entry.record, keyHash: entry.lineKey?.hash ?? 0n }));
    const written = await this.#repeat(share, () => this.#options.line.park(this.#owner(share), records));
    if (written === undefined || !share.live) return;
    line.writing = [];
    for (const entry of batch) {
      if (entry.lineKey !== undefined) line.written(entry.lineKey);
      this.#options.dispatcher().parked(entry);
    }
    for (const entry of batch) if (entry.lineKey !== undefined) line.consider(entry.lineKey, share.ledger.next);
    line.retryStalled(share.ledger.next);
    this.#options.parked();
    this.pump(share);
  }

  async #read(share: Share, line: ShareLine<Entry>): Promise<void> {
    line.reading = true;
    const keys = new Map<bigint, LineKey>();
    for (let key = line.due.shift(); key !== undefined; key = keys.size < readKeys ? line.due.shift() : undefined) {
      keys.set(key.hash, key);
    }
    const rows = await this.#repeat(share, () =>
      this.#options.line.page(this.#owner(share), [...keys.keys()], readRows),
    );
    if (rows === undefined || !share.live) return;
    line.reading = false;
    for (const key of keys.values()) {
      key.due = false;
      const ofKey = rows.value.filter(({ keyHash }) => keyHash === key.hash);
      this.#load(share, line, key, ofKey);
    }
    this.#options.dispatcher().pump();
    this.pump(share);
  }

  #load(share: Share, line: ShareLine<Entry>, key: LineKey, rows: readonly LineRow[]): void {
    const [head] = rows;
    if (head === undefined) {
      // Somebody took them away by hand.
      line.count(key, -key.rows);
      line.consider(key, share.ledger.next);
      return;
    }
    key.first = head.record.offset;
    const fetched = share.ledger.next;
    const unwritten = line.unwritten ?? fetched;
    const before = unwritten < fetched ? unwritten : fetched;
    for (const row of rows) {
      if (row.record.offset >= before || row.state === 'dead') break;
      const entry = new Entry(row.record, share, this.#options.typeOf(row.record));
      entry.row = true;
      entry.alone = true;
      entry.paged = true;
      entry.died = row.deaths;
      entry.lineKey = key;
      line.load(key, 1);
      this.#options.dispatcher().add(entry, this.#options.keyOf(row.record));
    }
    if (key.loaded > 0) return;
    if (head.state === 'dead') line.addDead(key, head.record.offset, head.deaths);
    else line.stall(key);
  }

  /** Until it answers, unless the epoch ends before. */
  async #repeat<T>(share: Share, call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    const { clock, random, incident, fenced } = this.#options;
    for (let repeat = 1; share.live; repeat++) {
      try {
        const value = await call();
        this.#away = false;
        return { value };
      } catch (error) {
        if (!share.live) return undefined;
        if (error instanceof InboxError && error.reason === 'fenced') {
          fenced(share, error);
          return undefined;
        }
        if (!this.#away) incident('store-unavailable', 'the line did not answer; it is asked again', error);
        this.#away = true;
      }
      await sleep(clock, outageMs(repeat, random));
    }
    return undefined;
  }
}

export function partitionOf(
  share: Share,
  { group, topic }: { readonly group: string; readonly topic: string },
): InboxPartition {
  return { group, topic, partition: share.partition };
}

function nextBatch(line: ShareLine<Entry>): readonly Entry[] {
  const batch: Entry[] = [];
  for (let bytes = 0; batch.length < writeRecords && bytes < writeBytes; ) {
    const entry = line.queue.shift();
    if (entry === undefined) break;
    batch.push(entry);
    bytes += (entry.record.value?.length ?? 0) + (entry.record.key?.length ?? 0);
  }
  return batch;
}
