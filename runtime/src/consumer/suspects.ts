/** Records that a process may have died of: each runs while no other handler of the process does, and under a mark. */
import type { Clock } from '../clock.ts';
import type { Entry } from './entry.ts';
import { Fifo } from './fifo.ts';
import type { Isolation } from './isolation.ts';

export interface SuspectsOptions {
  readonly isolation: Isolation;
  readonly clock: Clock;
  /** How long the other handlers of the process are waited for. */
  readonly patienceMs: number;
  /** Says, where the next owner reads it, that the record runs alone; answers whether that is known to be written. */
  mark(entry: Entry): Promise<boolean>;
  /** It ran alone and the process lives. */
  unmark(entry: Entry): void;
  /** Whether it may start now. */
  wanted(entry: Entry): boolean;
  run(entry: Entry): Promise<void>;
  /** It is tried again, alone where its `deaths` are known. */
  again(entry: Entry): void;
}

export class Suspects {
  readonly #options: SuspectsOptions;
  readonly #waiting = new Fifo<Entry>();
  #busy = false;
  #alone: Entry | undefined;
  #leave: () => void = () => undefined;

  constructor(options: SuspectsOptions) {
    this.#options = options;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    if (!this.#busy) this.#work();
  }

  /** Its handler does not end: the others start beside it. */
  wedged(entry: Entry): void {
    if (entry === this.#alone) this.#leave();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    const { isolation, clock, patienceMs, wanted, again } = this.#options;
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      if (!wanted(entry)) continue;
      if (await isolation.enter(clock, patienceMs)) {
        await this.#runAlone(entry);
        isolation.leave();
      } else {
        entry.deaths = undefined;
        again(entry);
      }
    }
    this.#busy = false;
  }

  /** Its mark comes first, so that the next owner knows what this process died of. */
  async #runAlone(entry: Entry): Promise<void> {
    const { wanted, mark, unmark, run, again } = this.#options;
    const marked = wanted(entry) && (await mark(entry));
    if (!wanted(entry)) return;
    if (!marked) {
      again(entry);
      return;
    }
    entry.deaths = undefined;
    this.#alone = entry;
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    await Promise.race([run(entry), left]);
    this.#alone = undefined;
    unmark(entry);
  }
}
