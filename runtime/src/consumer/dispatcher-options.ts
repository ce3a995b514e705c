/** What a dispatcher needs of the consumer around it. */
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { DeadLetterTopic } from '../dead-letter/dead-letters.ts';
import type { Redact } from '../dead-letter/redact.ts';
import type { IncidentCode } from '../incident.ts';
import type { RetryRatio } from '../retry/retry-ratio.ts';
import type { Attempts } from './attempts.ts';
import type { Entry, Share } from './entry.ts';
import type { Instruments } from './instruments.ts';
import type { Isolation } from './isolation.ts';
import type { LaneEvents } from './lane-events.ts';
import type { Pace } from './pace/pace.ts';

export interface DispatcherOptions {
  readonly consumer: ConsumerContract;
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetterTopic | undefined;
  readonly ratio: RetryRatio;
  readonly redact: Redact;
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lanes: LaneEvents;
  /** Whether a commit says what is passed above its offset. */
  readonly remembers: boolean;
  readonly isolation: Isolation;
  /** As `Suspects` wants them. */
  mark(entry: Entry): Promise<boolean>;
  unmark(entry: Entry): Promise<void>;
  readonly pace: Pace;
  /** How long after its deadline a handler counts as wedged. */
  readonly wedgedAfterMs: number;
  /** The record is passed: the frontier may have moved. */
  passed(entry: Entry): void;
  /** A dead letter was acknowledged. */
  buried(): void;
  /** The first attempt is due; answers whether the policy gives the record up instead. `undefined`: never. */
  readonly outdated: ((entry: Entry) => boolean) | undefined;
  /** Fewer records wait for the dispatcher. */
  started(entry: Entry): void;
  /** A store says that the partition has another owner. */
  fenced(share: Share, error: unknown): void;
  /** The handler still runs so long after its deadline; a drain does not wait for it any more. */
  wedged(entry: Entry): void;
  incident(code: IncidentCode, message: string, entry: Entry, cause?: unknown): void;
}
