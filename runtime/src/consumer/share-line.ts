/**
 * What an owner knows of the rows of one partition under one assignment: for each key that has any, where they begin,
 * how many there are, and what must end before the first of them may run. Bodies stay in the store.
 *
 * A key's line, in offset order, is what of it is in memory, then its rows, then what is being written. The invariant
 * that keeps order: no record of a key enters memory while a row of the key stands before it.
 */
import type { DeadRecord, LineMark, LineView } from '../line/line.ts';
import { Fifo } from './fifo.ts';

export interface LineKey {
  readonly hash: bigint;
  /** In the store and not settled, those in memory included. */
  rows: number;
  /** Being written, or about to be. Counted before a row is written, so that nothing overtakes it. */
  pending: number;
  /** No row of the key stands before this offset. */
  first: bigint;
  /** Records of the log that are in memory, not settled, and stand before the rows. */
  ahead: number;
  /** Rows that were read into memory and are not settled. */
  loaded: number;
  /** A row of it is dead: nothing of it starts until somebody decides. */
  blocked: boolean;
  /** Its first rows are to be read. */
  due: boolean;
}

export interface DeadRow {
  readonly key: LineKey;
  readonly deaths: number;
}

/** What a line needs of an entry. */
export interface InLine {
  readonly offset: bigint;
  lineKey: LineKey | undefined;
}

export class ShareLine<E extends InLine> {
  readonly keys = new Map<bigint, LineKey>();
  /** Those whose evidence was acknowledged, by offset. */
  readonly dead = new Map<bigint, DeadRow>();
  /** Entries whose rows are to be written. */
  readonly queue = new Fifo<E>();
  /** Those whose rows are being written. */
  writing: readonly E[] = [];
  /** Keys whose first rows are to be read. */
  readonly due = new Fifo<LineKey>();
  reading = false;
  /** Dead letters of an earlier owner whose evidence is still to be produced. */
  readonly owed: readonly DeadRecord[];
  rows = 0;
  loaded = 0;
  /** Timestamp of the first record; as of the last look. */
  oldest: number | undefined = undefined;
  readonly #marks = new Map<bigint, LineMark>();
  /** Keys whose rows all stand behind what was fetched, by the first of them. */
  #later: LineKey[] = [];
  /** Due keys whose rows could not be taken yet: before them something is being written or fetched. */
  #stalled: LineKey[] = [];

  constructor(view: LineView) {
    for (const { keyHash, rows, first } of view.keys) {
      const key = this.key(keyHash);
      key.rows = rows;
      key.first = first;
      this.rows += rows;
      this.#later.push(key);
    }
    this.#later.sort((a, b) => (a.first < b.first ? -1 : 1));
    this.owed = view.owed;
    const owed = new Set(view.owed.map(({ record }) => record.offset));
    for (const mark of view.marks) {
      this.#marks.set(mark.offset, mark);
      if (mark.owed !== undefined) owed.add(mark.offset);
    }
    for (const { keyHash, offset, deaths } of view.dead) {
      const key = this.key(keyHash);
      // Nobody can decide about these yet.
      if (owed.has(offset)) key.blocked = true;
      else if (offset === key.first) this.addDead(key, offset, deaths);
    }
  }

  /** Records that have rows are still to be met in the log. */
  get recognising(): boolean {
    return this.#marks.size > 0;
  }

  key(hash: bigint): LineKey {
    const known = this.keys.get(hash);
    if (known !== undefined) return known;
    const key = { hash, rows: 0, pending: 0, first: -1n, ahead: 0, loaded: 0, blocked: false, due: false };
    this.keys.set(hash, key);
    return key;
  }

  /** The row of the record at that offset, told once. */
  takeMark(offset: bigint): LineMark | undefined {
    const mark = this.#marks.get(offset);
    if (mark !== undefined) this.#marks.delete(offset);
    return mark;
  }

  count(key: LineKey, by: number): void {
    key.rows += by;
    this.rows += by;
    if (this.rows === 0) this.oldest = undefined;
  }

  /** A dead row that is the first of its key. */
  addDead(key: LineKey, offset: bigint, deaths: number): void {
    key.blocked = true;
    this.dead.set(offset, { key, deaths });
  }

  /** At most that many of the dead, others with each call. */
  someDead(most: number): readonly bigint[] {
    const asked: bigint[] = [];
    const count = Math.min(most, this.dead.size);
    for (const [offset, row] of this.dead) {
      if (asked.length === count) break;
      asked.push(offset);
      this.dead.delete(offset);
      this.dead.set(offset, row);
    }
    return asked;
  }

  /** A row at that offset is about to be written: from now on nothing of the key overtakes it. */
  raise(key: LineKey, offset: bigint): void {
    if (key.rows + key.pending === 0 || offset < key.first) key.first = offset;
    key.pending += 1;
  }

  enqueue(entry: E, key: LineKey): void {
    this.raise(key, entry.offset);
    entry.lineKey = key;
    this.queue.push(entry);
  }

  /** One of the key's rows is acknowledged. */
  written(key: LineKey): void {
    key.pending -= 1;
    this.count(key, 1);
  }

  /** Rows were read into memory, or left it. */
  load(key: LineKey, by: number): void {
    key.loaded += by;
    this.loaded += by;
  }

  /** Rows from here on may not be read into memory: a write that is not acknowledged may be repeated. */
  get unwritten(): bigint | undefined {
    let lowest: bigint | undefined;
    for (const { offset } of this.writing) if (lowest === undefined || offset < lowest) lowest = offset;
    return lowest;
  }

  stall(key: LineKey): void {
    this.#stalled.push(key);
  }

  /** A write ended: what was stalled may be read. */
  retryStalled(fetched: bigint): void {
    const stalled = this.#stalled;
    this.#stalled = [];
    for (const key of stalled) this.consider(key, fetched);
  }

  /** The fetch position has moved. */
  reached(fetched: bigint): void {
    const passed = this.#later.findIndex(({ first }) => first >= fetched);
    const reached = this.#later.splice(0, passed === -1 ? this.#later.length : passed);
    for (const key of reached) this.consider(key, fetched);
    this.retryStalled(fetched);
  }

  /** Something of the key ended: it may be alive again, or the first of its rows may have its turn. */
  consider(key: LineKey, fetched: bigint): void {
    if (key.rows + key.pending === 0) {
      if (this.keys.get(key.hash) === key) this.keys.delete(key.hash);
      return;
    }
    if (key.rows === 0 || key.blocked || key.due || key.ahead > 0 || key.loaded > 0 || key.first >= fetched) return;
    key.due = true;
    this.due.push(key);
  }
}
