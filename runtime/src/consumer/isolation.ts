/**
 * Lets a record run while no other handler of the process does, in whatever consumer: if the process dies then, it died
 * of that record. One at a time; between two of them the others go on.
 */
import { type Clock, within } from '../clock.ts';

export interface Guest {
  /** No handler of it runs that anybody waits for. */
  readonly isIdle: boolean;
  /** May start handlers again. */
  pump(): void;
}

export class Isolation {
  readonly #guests = new Set<Guest>();
  #waiting: (() => void)[] = [];
  #isTaken = false;

  add(guest: Guest): void {
    this.#guests.add(guest);
  }

  /** Its handlers are not waited for any more. */
  remove(guest: Guest): void {
    this.#guests.delete(guest);
    this.quiet();
  }

  /** Nobody starts a handler. */
  get isWanted(): boolean {
    return this.#isTaken || this.#waiting.length > 0;
  }

  /**
   * Answers true when nothing runs: then the caller has the process until `leave`. False when some handler did not end in
   * time: a record that might do harm must not stop all the others for ever.
   */
  async enter(clock: Clock, withinMs: number): Promise<boolean> {
    let grant: () => void = () => undefined;
    const entered = new Promise<true>((resolve) => {
      grant = () => resolve(true);
    });
    this.#waiting.push(grant);
    this.quiet();
    if ((await within(clock, withinMs, entered)) === true) return true;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== grant);
    this.#goOn();
    return false;
  }

  leave(): void {
    this.#isTaken = false;
    this.quiet();
    this.#goOn();
  }

  #goOn(): void {
    if (!this.isWanted) for (const guest of this.#guests) guest.pump();
  }

  /** A guest has become idle. */
  quiet(): void {
    if (this.#isTaken) return;
    for (const guest of this.#guests) if (!guest.isIdle) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#isTaken = true;
    next();
  }
}
