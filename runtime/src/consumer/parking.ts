/**
 * Parks, reads back and watches: moves records of keys that do not go on from memory to the line and back, in order.
 * Each partition has at most one write and one read under way. What is decided about dead letters is noticed by looking.
 */
import type { CancelTimer, Clock } from '../clock.ts';
import { InboxError } from '../inbox/inbox.ts';
import type { IncidentCode } from '../incident.ts';
import { keyHash, recordDigest } from '../line/key-hash.ts';
import type { DeadRecord, Line, LineMark, LineOwner, LineRow } from '../line/line.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Entry, type Share } from './entry.ts';
import { isFailing, type LaneEvents } from './lane-events.ts';
import { type LineKey, ShareLine } from './share-line.ts';

export interface ParkingOptions {
  readonly line: Line;
  readonly group: string;
  readonly topic: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** How often the dead are looked after. */
  readonly watchEveryMs: number;
  readonly keyOf: (entry: Entry['record']) => string | undefined;
  readonly dispatcher: () => Dispatcher;
  shares(): Iterable<Share>;
  fenced(share: Share, error: unknown): void;
  /** Somebody discarded a record of it. */
  discarded(share: Share): void;
  incident(code: IncidentCode, message: string, cause: unknown): void;
  /** The log has another record than the one that has a row: the partition must stand still. */
  mismatch(share: Share, why: string): void;
}

/** Records and bytes of one write. */
const writeRecords = 200;
const writeBytes = 4 * 1024 * 1024;
/** Keys and rows of each that one read takes, and rows of a partition in memory beyond which no more are read. */
const readKeys = 32;
const readRows = 8;
const mostLoaded = 256;
/** Dead letters of a partition that one look asks for. */
const mostWatched = 5000;

export class Parking implements LaneEvents {
  readonly #options: ParkingOptions;
  #timer: CancelTimer | undefined;
  #away = false;

  constructor(options: ParkingOptions) {
    this.#options = options;
  }

  /** A step of the take-over: after the epoch and the committed offset, before the first record. */
  async read(share: Share, from: bigint): Promise<void> {
    share.line = new ShareLine<Entry>(await this.#options.line.read(this.#owner(share), from));
  }

  /** The partition is open: what stands before its position may run. */
  opened(share: Share): void {
    const line = share.line;
    if (line !== undefined) for (const dead of line.owed) this.#owe(share, line, dead);
    this.#options.dispatcher().pump();
    this.reached(share);
    this.#arm();
  }

  /** Whether the line has the record, or takes it; it passes when its row is acknowledged. */
  takes(entry: Entry, key: string | undefined): boolean {
    const { share, record } = entry;
    const line = share.line;
    if (line === undefined || line.empty) return false;
    const mark = line.takeMark(record.offset);
    if (mark !== undefined) {
      this.#recognise(entry, mark);
      return true;
    }
    if (key === undefined) return false;
    const known = line.keys.get(keyHash(key, record));
    if (known === undefined) return false;
    if (record.offset < known.first) {
      known.ahead += 1;
      entry.lineKey = known;
      return false;
    }
    this.#options.dispatcher().hold(entry);
    line.enqueue(entry, known);
    return true;
  }

  /** After the last record of a batch. */
  reached(share: Share): void {
    share.line?.reached(share.ledger.next);
    this.#pump(share);
  }

  /** More waits than may: what stands behind failing keys makes room. */
  overflow(share: Share): void {
    for (const head of share.lanes.heads()) {
      if (head.share === share && isFailing(head)) this.#park(head);
    }
    this.#pump(share);
  }

  /** Its attempt failed, and another one is to come. */
  failing(entry: Entry): void {
    if (!entry.share.paused) return;
    this.#park(entry);
    this.#pump(entry.share);
  }

  /** Under `wait`: its key stands still from now on, whatever the store says. */
  dies(entry: Entry): void {
    const line = entry.share.line;
    if (line === undefined) return;
    entry.deaths += 1;
    const key = this.#lineKey(entry, line);
    key.blocked = true;
    if (!entry.row) {
      if (key.rows + key.pending === 0 || entry.record.offset < key.first) key.first = entry.record.offset;
      key.pending += 1;
    }
    this.#park(entry);
    this.#pump(entry.share);
  }

  /** The entry ends: handled, dead or a duplicate. `held`: it is dead and holds its key. */
  ended(entry: Entry, held: boolean): void {
    const { share, lineKey: key } = entry;
    const line = share.line;
    if (line === undefined || key === undefined) return;
    if (entry.paged) {
      key.loaded -= 1;
      line.loaded -= 1;
    }
    if (entry.row && !held) {
      key.blocked = false;
      this.#count(line, key, -1);
    } else if (!entry.row) {
      key.ahead -= 1;
      if (held) {
        key.pending -= 1;
        this.#count(line, key, 1);
      }
    }
    if (held) line.addDead(key, entry.record.offset, entry.deaths);
    line.consider(key, share.ledger.next);
    this.#arm();
    this.#pump(share);
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #owner(share: Share): LineOwner {
    const { group, topic } = this.#options;
    return { group, topic, partition: share.partition, epoch: share.epoch };
  }

  #lineKey(entry: Entry, line: ShareLine<Entry>): LineKey {
    if (entry.lineKey !== undefined && line.keys.get(entry.lineKey.hash) === entry.lineKey) return entry.lineKey;
    const key = line.key(keyHash(this.#options.keyOf(entry.record), entry.record));
    entry.lineKey = key;
    if (!entry.paged) key.ahead += 1;
    return key;
  }

  #park(head: Entry): void {
    const line = head.share.line;
    if (line === undefined) return;
    const behind = head.share.lanes.cut(head);
    if (behind.length === 0) return;
    const key = this.#lineKey(head, line);
    for (const entry of behind) {
      const of = entry.lineKey;
      if (entry.paged) {
        // Its row is where it was.
        this.#options.dispatcher().unload(entry);
        if (of !== undefined) of.loaded -= 1;
        line.loaded -= 1;
        continue;
      }
      if (of !== undefined) of.ahead -= 1;
      line.enqueue(entry, key);
    }
  }

  #recognise(entry: Entry, mark: LineMark): void {
    const { share, record } = entry;
    const same = mark.timestamp === record.timestamp && Buffer.compare(mark.digest, recordDigest(record)) === 0;
    if (!same) {
      const why = `offset ${record.offset} has another record in the line than in the log: the topic was made anew`;
      this.#options.mismatch(share, why);
      return;
    }
    const dispatcher = this.#options.dispatcher();
    if (mark.owed === undefined) {
      dispatcher.hold(entry);
      dispatcher.parked(entry);
      return;
    }
    entry.row = true;
    entry.deaths = mark.deaths;
    entry.death = mark.owed;
    entry.lineKey = share.line?.key(keyHash(this.#options.keyOf(record), record));
    dispatcher.recover(entry);
  }

  #owe(share: Share, line: ShareLine<Entry>, { record, keyHash: hash, deaths, death }: DeadRecord): void {
    const entry = new Entry(record, share);
    const key = line.key(hash);
    entry.row = true;
    entry.paged = true;
    entry.deaths = deaths;
    entry.death = death;
    entry.lineKey = key;
    key.loaded += 1;
    line.loaded += 1;
    this.#options.dispatcher().recover(entry);
  }

  #pump(share: Share): void {
    const line = share.line;
    if (line === undefined || !share.live || !share.open) return;
    if (line.writing.length === 0 && line.queue.size > 0) this.#write(share, line);
    if (!line.reading && line.due.size > 0 && line.loaded < mostLoaded) this.#read(share, line);
  }

  async #write(share: Share, line: ShareLine<Entry>): Promise<void> {
    const batch = nextBatch(line);
    line.writing = batch;
    const records = batch.map((entry) => ({ record: entry.record, keyHash: entry.lineKey?.hash ?? 0n }));
    const written = await this.#repeat(share, () => this.#options.line.park(this.#owner(share), records));
    if (written === undefined || !share.live) return;
    line.writing = [];
    const dispatcher = this.#options.dispatcher();
    for (const entry of batch) {
      const key = entry.lineKey;
      if (key !== undefined) {
        key.pending -= 1;
        this.#count(line, key, 1);
      }
      dispatcher.parked(entry);
    }
    for (const entry of batch) if (entry.lineKey !== undefined) line.consider(entry.lineKey, share.ledger.next);
    line.retryStalled(share.ledger.next);
    this.#arm();
    this.#pump(share);
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
    const byKey = Map.groupBy(rows.value, (row) => row.keyHash);
    for (const key of keys.values()) {
      key.due = false;
      this.#load(share, line, key, byKey.get(key.hash) ?? []);
    }
    this.#options.dispatcher().pump();
    this.#pump(share);
  }

  #load(share: Share, line: ShareLine<Entry>, key: LineKey, rows: readonly LineRow[]): void {
    const [head] = rows;
    if (key.blocked) return;
    if (head === undefined) {
      // Somebody took them away by hand.
      this.#count(line, key, -key.rows);
      line.consider(key, share.ledger.next);
      return;
    }
    key.first = head.record.offset;
    const fetched = share.ledger.next;
    const unwritten = line.unwritten ?? fetched;
    const before = unwritten < fetched ? unwritten : fetched;
    for (const row of rows) {
      if (row.record.offset >= before || row.state === 'dead') break;
      const entry = new Entry(row.record, share);
      entry.row = true;
      entry.paged = true;
      entry.deaths = row.deaths;
      entry.lineKey = key;
      key.loaded += 1;
      line.loaded += 1;
      this.#options.dispatcher().add(entry, this.#options.keyOf(row.record));
    }
    if (key.loaded > 0) return;
    if (head.state === 'dead') line.addDead(key, head.record.offset, head.deaths);
    else line.stall(key);
  }

  /** Until it answers, unless the epoch ends before. */
  async #repeat<T>(share: Share, call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    const { clock, random, incident, fenced } = this.#options;
    for (let repeat = 1; ; repeat++) {
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
      await new Promise<void>((resolve) => {
        clock.timer(Math.max(50, backoffMs(outageBackoff, repeat, random)), resolve);
      });
      if (!share.live) return undefined;
    }
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    for (const share of this.#options.shares()) {
      if (!share.live || !share.open || share.line === undefined || share.line.rows === 0) continue;
      this.#timer = this.#options.clock.timer(this.#options.watchEveryMs, () => this.#watch());
      return;
    }
  }

  async #watch(): Promise<void> {
    await Promise.all(
      [...this.#options.shares()].map(async (share) => {
        const line = share.line;
        if (!share.live || !share.open || line === undefined || line.rows === 0) return;
        try {
          const { decided, oldest } = await this.#options.line.watch(this.#owner(share), line.someDead(mostWatched));
          line.oldest = oldest;
          for (const { offset, deaths, state } of decided) this.#decided(share, line, offset, deaths, state);
          this.#pump(share);
        } catch {
          // The next look asks again; whoever needs the store says that it is away.
        }
      }),
    );
    this.#timer = undefined;
    this.#arm();
  }

  #decided(share: Share, line: ShareLine<Entry>, offset: bigint, deaths: number, state: 'ready' | 'discarded'): void {
    const row = line.dead.get(offset);
    // It has died once more since somebody looked.
    if (!share.live || row === undefined || (state === 'ready' && row.deaths !== deaths)) return;
    line.dead.delete(offset);
    if (state === 'discarded') {
      this.#count(line, row.key, -1);
      this.#options.discarded(share);
    }
    row.key.blocked = false;
    line.consider(row.key, share.ledger.next);
  }

  #count(line: ShareLine<Entry>, key: LineKey, by: number): void {
    key.rows += by;
    line.rows += by;
    if (line.rows === 0) line.oldest = undefined;
  }
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
