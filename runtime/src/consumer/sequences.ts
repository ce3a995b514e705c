/**
 * Gaps and inversions of one partition's keys, by the sequence number that events carry. The first event of a key sets
 * its base, so that neither an assignment nor a forgotten key raises an alarm, and a number that was there before is a
 * repeat and no inversion. Memory is bounded: the keys seen last are remembered, at least `remembered` of them and at
 * most twice as many; of each its highest number and which of the 31 below it were there.
 */
const remembered = 4096;
const span = 32;

interface Seen {
  highest: number;
  /** Bit n: the number n below the highest was there. */
  before: number;
}

export interface SequenceFound {
  /** Numbers that are missing before this one. */
  readonly missing: number;
  /** A later one was there before it. */
  readonly late: boolean;
}

const nothing: SequenceFound = { missing: 0, late: false };
const late: SequenceFound = { missing: 0, late: true };

export class Sequences {
  #young = new Map<string, Seen>();
  #old = new Map<string, Seen>();

  /** `sequence`: an integer. Events of a key come in the order in which they are passed. */
  see(key: string, sequence: number): SequenceFound {
    const seen = this.#find(key);
    if (seen === undefined) {
      // What came before is not known, so nothing below is missing.
      this.#remember(key, { highest: sequence, before: -1 });
      return nothing;
    }
    const ahead = sequence - seen.highest;
    if (ahead > 0) {
      seen.highest = sequence;
      seen.before = ahead >= span ? 1 : (seen.before << ahead) | 1;
      return ahead === 1 ? nothing : { missing: ahead - 1, late: false };
    }
    const bit = 1 << -ahead;
    if (-ahead >= span || (seen.before & bit) !== 0) return nothing;
    seen.before |= bit;
    return late;
  }

  #find(key: string): Seen | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#remember(key, old);
    return old;
  }

  #remember(key: string, seen: Seen): void {
    if (this.#young.size >= remembered) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, seen);
  }
}
