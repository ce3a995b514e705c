/**
 * Moves records of keys that do not go on out of memory into the line, and meets them again: what a lane tells, and what
 * the log gives once more. Reads and writes of the store are in line-traffic.ts.
 */
import { keyHash, recordDigest } from '../line/key-hash.ts';
import type { DeadRecord, LineMark } from '../line/line.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Entry, type Share } from './entry.ts';
import type { TypeOf } from './event-types.ts';
import { isFailing, type LaneEvents } from './lane-events.ts';
import type { LineTraffic } from './line-traffic.ts';
import type { LineWatch } from './line-watch.ts';
import { type LineKey, ShareLine } from './share-line.ts';

export interface ParkingOptions {
  readonly traffic: LineTraffic;
  readonly watch: LineWatch;
  readonly typeOf: TypeOf;
  readonly keyOf: (record: Entry['record']) => string | undefined;
  readonly dispatcher: () => Dispatcher;
  /** What waits behind a failing key of the partition has to leave the memory. */
  crowded(share: Share): boolean;
  /** The log has another record than the one that has a row: the partition must stand still. */
  mismatch(share: Share, why: string): void;
}

export class Parking implements LaneEvents {
  readonly #options: ParkingOptions;

  constructor(options: ParkingOptions) {
    this.#options = options;
  }

  /** A step of the take-over: after the epoch and the committed offset, before the first record from `from` on. */
  async read(share: Share, from: bigint): Promise<void> {
    share.line = new ShareLine<Entry>(await this.#options.traffic.view(share, from));
  }

  /** The partition is open: what stands before its position may run. */
  opened(share: Share): void {
    const line = share.line;
    if (line === undefined) return;
    for (const dead of line.owed) this.#owe(share, line, dead);
    this.#options.dispatcher().pump();
    this.reached(share);
    this.#options.watch.arm();
  }

  /** Whether the record has a row already. */
  recognises(entry: Entry): boolean {
    const { line } = entry.share;
    const mark = line?.takeMark(entry.offset);
    if (line === undefined || mark === undefined) return false;
    this.#recognise(entry, line, mark);
    return true;
  }

  /** Whether the line takes the record: it passes when its row is acknowledged. */
  takes(entry: Entry, key: string | undefined): boolean {
    const { share, record } = entry;
    const line = share.line;
    if (line === undefined || line.keys.size === 0 || key === undefined) return false;
    const known = line.keys.get(keyHash(key, record));
    if (known === undefined) return false;
    if (record.offset < known.first) {
      known.ahead += 1;
      entry.lineKey = known;
      return false;
    }
    this.#options.dispatcher().count(entry);
    line.enqueue(entry, known);
    return true;
  }

  /** After the last record of a batch. */
  reached(share: Share): void {
    share.line?.reached(share.ledger.next);
    this.#options.traffic.pump(share);
  }

  overflow(share: Share): void {
    if (!this.#options.crowded(share)) return;
    for (const head of share.lanes.heads()) {
      if (head.share === share && isFailing(head)) this.#park(head);
    }
    this.#options.traffic.pump(share);
  }

  failing(entry: Entry): void {
    if (!this.#options.crowded(entry.share)) return;
    this.#park(entry);
    this.#options.traffic.pump(entry.share);
  }

  // Its own row is written with the death. The key counts it from now on, and is blocked when it ends; until then what
  // is ahead of the rows, or loaded of them, keeps them from running.
  dies(entry: Entry): void {
    const line = entry.share.line;
    if (line === undefined) return;
    entry.died += 1;
    const key = this.#lineKey(entry, line);
    if (!entry.row) line.raise(key, entry.offset);
    this.#park(entry);
    this.#options.traffic.pump(entry.share);
  }

  ended(entry: Entry, held: boolean): void {
    const { share, lineKey: key } = entry;
    const line = share.line;
    if (line === undefined || key === undefined) return;
    if (entry.paged) line.load(key, -1);
    if (entry.row && !held) {
      key.blocked = false;
      line.count(key, -1);
    } else if (!entry.row) {
      key.ahead -= 1;
      if (held) line.written(key);
    }
    if (held) {
      entry.row = true;
      line.addDead(key, entry.offset, entry.died);
    }
    line.consider(key, share.ledger.next);
    this.#options.watch.arm();
    this.#options.traffic.pump(share);
  }

  stop(): void {
    this.#options.watch.stop();
  }

  /** The key of the line that the head of a lane belongs to; from now on it stands ahead of what comes. */
  #lineKey(head: Entry, line: ShareLine<Entry>): LineKey {
    const known = head.lineKey;
    if (known !== undefined && line.keys.get(known.hash) === known) return known;
    const key = line.key(keyHash(this.#options.keyOf(head.record), head.record));
    head.lineKey = key;
    key.ahead += 1;
    return key;
  }

  #park(head: Entry): void {
    const line = head.share.line;
    if (line === undefined) return;
    const behind = head.share.lanes.cut(head);
    if (behind.length === 0) return;
    const key = this.#lineKey(head, line);
    for (const entry of behind) {
      if (entry.paged) {
        // Its row is where it was.
        this.#options.dispatcher().unload(entry);
        line.load(entry.lineKey ?? key, -1);
        continue;
      }
      if (entry.lineKey !== undefined) entry.lineKey.ahead -= 1;
      line.enqueue(entry, key);
    }
  }

  #recognise(entry: Entry, line: ShareLine<Entry>, mark: LineMark): void {
    const { share, record } = entry;
    const dispatcher = this.#options.dispatcher();
    if (mark.timestamp !== record.timestamp || Buffer.compare(mark.digest, recordDigest(record)) !== 0) {
      const why = `offset ${record.offset} has another record in the line than in the log: the topic was made anew`;
      this.#options.mismatch(share, why);
    } else if (mark.owed === undefined) {
      dispatcher.count(entry);
      dispatcher.parked(entry);
    } else {
      entry.lineKey = line.key(keyHash(this.#options.keyOf(record), record));
      this.#recover(entry, mark.deaths, mark.owed);
    }
  }

  #owe(share: Share, line: ShareLine<Entry>, { record, keyHash: hash, deaths, death }: DeadRecord): void {
    const entry = new Entry(record, share, this.#options.typeOf(record));
    entry.paged = true;
    entry.lineKey = line.key(hash);
    line.load(entry.lineKey, 1);
    this.#recover(entry, deaths, death);
  }

  /** An earlier owner ended between the row and its evidence. */
  #recover(entry: Entry, deaths: number, death: Entry['death']): void {
    entry.row = true;
    entry.died = deaths;
    entry.death = death;
    this.#options.dispatcher().recover(entry);
  }
}
