/** A place in a file of the workspace; lines and columns count from 1, columns in UTF-16 units. */
export interface Position {
  /** As a person would type it from the folder the command ran in, `/` separated. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** End of the marked text, exclusive; absent: one character. */
  readonly endLine?: number;
  readonly endColumn?: number;
}

export type Severity = 'error' | 'warning' | 'note';

/** A consumer that a finding hits, and the team that owns it. */
export interface AffectedConsumer {
  readonly contract: string;
  readonly consumer: string;
  readonly team: string;
}

/**
 * What `check` and the loader report: one user's mistake or one broken promise. A value, never thrown.
 * The id is always printed; people suppress by id and fingerprint, never by words.
 */
export interface Finding {
  /** `<family>/<kebab>`, the family being `contract` (loader), `design`, `promise`, `payload`, `exception` or `output`. */
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in one sentence, with the names. */
  readonly message: string;
  /** Design findings: who bears the cost when this is ignored. */
  readonly whoPays?: string;
  readonly at: Position;
  /** The same place in the baseline. */
  readonly against?: AgainstPosition;
  /** Contract the finding belongs to (`orders.order-placed`), where there is one. */
  readonly contract?: string;
  readonly consumers?: readonly AffectedConsumer[];
  /** An event that is valid today and breaks tomorrow (or the reverse), confirmed by independent validators. */
  readonly witness?: Witness;
  /** The way out: the next action. */
  readonly hint?: string;
  /** 12 hex digits; the same for the same mistake in later commits (no line numbers, no words in it). */
  readonly fingerprint: string;
}

export interface AgainstPosition extends Position {
  /** What stood there, in a few words: `was optional`. */
  readonly was: string;
  /** A default held: the place is the nearest thing that was written. */
  readonly unwritten?: true;
}

export interface Witness {
  /** Says what the event proves: `an event of yesterday that would be dead-lettered tomorrow`. */
  readonly caption: string;
  readonly event: unknown;
  /** Versions of the baseline whose events look like this. */
  readonly versions?: readonly string[];
  /** Why events, or services, of these versions can still be met: `all still in the topic for 7d`. */
  readonly stillMet?: string;
}

/** Every stage of the compiler answers so: a value when it could be made, and all that was found on the way. */
export type Staged<T> = readonly [value: T | undefined, findings: readonly Finding[]];
