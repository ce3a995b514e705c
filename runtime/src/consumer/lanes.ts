/**
 * One lane per key (I3): only its head may start, and the next one becomes head when the head is settled. The lanes of
 * a partition outlive an assignment, because a handler that runs on after its partition was taken away still holds
 * back its key when the partition comes back to the same process.
 */
export interface InLane<E> {
  lane: Lane<E> | undefined;
  /** The entry before it in the same lane; `undefined` for the head. */
  ahead: E | undefined;
  /** The next entry of the same lane. */
  behind: E | undefined;
  /** An attempt or a dead letter of it is under way. */
  readonly running: boolean;
}

export interface Lane<E> {
  readonly key: string;
  head: E;
  tail: E;
}

export class Lanes<E extends InLane<E>> {
  readonly #lanes = new Map<string, Lane<E>>();

  get size(): number {
    return this.#lanes.size;
  }

  /** Answers whether the entry is the head of its lane and may start. */
  enter(key: string, entry: E): boolean {
    const lane = this.#lanes.get(key);
    if (lane === undefined) {
      const opened = { key, head: entry, tail: entry };
      this.#lanes.set(key, opened);
      entry.lane = opened;
      return true;
    }
    entry.lane = lane;
    lane.tail.behind = entry;
    entry.ahead = lane.tail;
    lane.tail = entry;
    return false;
  }

  /** The head is settled; answers the entry that may start now. */
  leave(head: E): E | undefined {
    const lane = head.lane;
    if (lane === undefined || lane.head !== head) return undefined;
    const next = head.behind;
    head.lane = undefined;
    head.behind = undefined;
    if (next !== undefined) {
      next.ahead = undefined;
      lane.head = next;
    } else if (this.#lanes.get(lane.key) === lane) {
      this.#lanes.delete(lane.key);
    }
    return next;
  }

  heads(): Iterable<E> {
    return Array.from(this.#lanes.values(), ({ head }) => head);
  }

  /** Takes everything behind the head out of its lane; answers it in order. */
  cut(head: E): readonly E[] {
    const lane = head.lane;
    if (lane === undefined || lane.head !== head) return [];
    const behind: E[] = [];
    for (let one = head.behind; one !== undefined; ) {
      const next: E | undefined = one.behind;
      one.lane = undefined;
      one.ahead = undefined;
      one.behind = undefined;
      behind.push(one);
      one = next;
    }
    head.behind = undefined;
    lane.tail = head;
    return behind;
  }

  /** Forgets everything that does not run: its epoch is over and it will be fetched again by whoever owns it then. */
  abandon(): void {
    for (const lane of this.#lanes.values()) {
      if (lane.head.running) {
        lane.head.behind = undefined;
        lane.tail = lane.head;
      } else {
        this.#lanes.delete(lane.key);
      }
    }
  }
}
