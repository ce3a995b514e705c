import type { Contract } from '../model/contract.ts';
import { printDuration } from './quantities.ts';
import type { Clock } from './rule.ts';
import { inTopic, lengthOfWindow, sayWindow, type Window, widest, windowOf } from './window.ts';

/** A version of a contract that another one replaced on the main line. */
export interface EarlierVersion {
  readonly contract: Contract;
  /** Milliseconds since 1970. */
  readonly replacedAt: number;
}

/**
 * The versions of one contract whose events, or whose services, may still be met. They are added from the newest to the
 * oldest, and each may widen the window for those before it: what counts is the longest that any of them allowed.
 */
export class RetainedVersions {
  readonly #last: Contract;
  readonly #now: number;
  /** The oldest first. */
  readonly #earlier: EarlierVersion[] = [];
  readonly #running: Set<Contract>;
  #window: Window;
  /** The longest `rollout` of a version whose services may still run. */
  #rollout: number;

  /** `last`: the version on the main line now. */
  constructor(last: Contract, { now }: Clock) {
    this.#last = last;
    this.#now = now.getTime();
    this.#window = windowOf(last);
    this.#running = new Set([last]);
    this.#rollout = last.rollout.ms;
  }

  /** The oldest first, the one on the main line last. */
  get contracts(): readonly Contract[] {
    return [...this.#earlier.map(({ contract }) => contract), this.#last];
  }

  /** What was replaced before this time is met no more, as far as the versions are known; milliseconds since 1970. */
  get since(): number {
    return this.#now - lengthOfWindow(this.#window);
  }

  /** False when nothing of the version is met any more, and of those before it neither. */
  add({ contract, replacedAt }: EarlierVersion): boolean {
    // A draft has promised nothing.
    if (contract.status === 'draft') return replacedAt >= this.since;
    const window = widest(this.#window, windowOf(contract));
    const age = this.#now - replacedAt;
    if (age > lengthOfWindow(window)) return false;
    this.#window = window;
    this.#earlier.unshift({ contract, replacedAt });
    const rollout = Math.max(this.#rollout, contract.rollout.ms);
    if (age <= rollout) {
      this.#running.add(contract);
      this.#rollout = rollout;
    }
    return true;
  }

  /** May services of the version still run, and read what is published after the change? */
  mayRun(version: Contract): boolean {
    return this.#running.has(version);
  }

  /** Why events of these versions can still be met; undefined when there is nothing to explain. */
  sayEventsOf(versions: readonly Contract[]): string | undefined {
    const earlier = this.#earlier.filter(({ contract }) => versions.includes(contract));
    // A version that came back was replaced when it went for the last time.
    const gone = new Map(earlier.map(({ contract, replacedAt }) => [contract.version, replacedAt]));
    const isOne = new Set(versions.map(({ version }) => version)).size === 1;
    if (gone.size === 0 || (isOne && versions.includes(this.#last))) return undefined;
    const first = Math.min(...gone.values());
    const isInTopic = this.#now - first <= inTopic(this.#window);
    const kept = Number.isFinite(this.#window.retention) ? `for ${printDuration(this.#window.retention)}` : 'for ever';
    const still = isInTopic ? `still in the topic ${kept}` : `may be met for ${sayWindow(this.#window)}`;
    return isOne ? `replaced on ${new Date(first).toISOString().slice(0, 10)}, ${still}` : `all ${still}`;
  }

  /** Why services of these versions can still read; undefined when there is nothing to explain. */
  sayServicesOf(versions: readonly Contract[]): string | undefined {
    if (!this.#earlier.some(({ contract }) => versions.includes(contract))) return undefined;
    return `may still run for ${printDuration(this.#rollout)}`;
  }
}
