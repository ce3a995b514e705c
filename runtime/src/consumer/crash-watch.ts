/**
 * Records that may have been in flight when an owner of their partition died: the first `window` ones that were in the
 * log when the next owner took over, and twice as many with each death that is not explained by then: records start out of
 * the order of their offsets when those before them wait for their keys. One death is usually a kill from outside, and changes nothing. When owners died
 * twice before these records were passed, they may have died of one of them: then each of them runs alone in its
 * process, under a mark (docs/adr/0023).
 */
import type { CommitMetadata, Suspect } from './commit-metadata.ts';

/** Owners that died in a row, from which on records run alone. */
const crashesToSuspect = 2;

/** Processes that died of a record running alone, from which on it is a dead letter that no handler sees. */
export const deathsToBury = 3;

/** A thousand times the window is everything. */
const maxWidenings = 10;

export class CrashWatch {
  readonly #crashes: number;
  readonly #deaths: ReadonlyMap<bigint, number>;
  /** Behind the last watched record, once all of them were read; before, the end of the log at the take-over. */
  #until: bigint;
  #left: number;

  constructor(crashes: number, suspects: readonly Suspect[], logEnd: bigint, window: number) {
    this.#crashes = crashes;
    this.#deaths = new Map(suspects.map(({ offset, deaths }) => [offset, deaths]));
    this.#until = logEnd;
    this.#left = window * 2 ** Math.min(maxWidenings, Math.max(0, crashes - crashesToSuspect));
  }

  get isSuspicious(): boolean {
    return this.#crashes >= crashesToSuspect;
  }

  /** A record is read, in offset order: the deaths that it caused alone; `undefined` where it may run beside others. */
  deathsOf(offset: bigint): number | undefined {
    if (!this.isSuspicious || offset >= this.#until) return undefined;
    this.#left -= 1;
    if (this.#left === 0) this.#until = offset + 1n;
    return this.#deaths.get(offset) ?? 0;
  }

  /** What the next owner has to know. */
  crashes(frontier: bigint): number {
    return frontier < this.#until ? this.#crashes : 0;
  }
}

/** What is known of the suspects when their owner `died`, that is when it is gone without a word. */
export function suspectsAfter({ suspects }: CommitMetadata, died: boolean): readonly Suspect[] {
  return suspects.map(({ offset, deaths, isRunning }) => ({
    offset,
    deaths: deaths + Number(died && isRunning),
    isRunning: false,
  }));
}
