/** When a record that could not be settled is due again: after a failure, within its budget; after an outage, always. */
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import { describeFailure } from '../dead-letter/failure.ts';
import type { IncidentCode } from '../incident.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import { decide } from '../retry/retry-policy.ts';
import type { RetryRatio } from '../retry/retry-ratio.ts';
import type { Entry } from './entry.ts';
import type { Instruments } from './instruments.ts';
import type { LaneEvents } from './lane-events.ts';
import type { Pace } from './pace/pace.ts';

export interface RetriesOptions {
  readonly consumer: ConsumerContract;
  readonly ratio: RetryRatio;
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lanes: Pick<LaneEvents, 'failing'>;
  /** While only probes start, nobody can use up the time of a budget. */
  readonly pace: Pick<Pace, 'workingTime'>;
  /** Its next attempt, or that of its dead letter, may start. */
  due(entry: Entry): void;
  die(entry: Entry, disposition: Disposition): void;
  incident(code: IncidentCode, message: string, entry: Entry, cause?: unknown): void;
}

export class Retries {
  readonly #options: RetriesOptions;

  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  /** The handler threw `entry.error`. */
  failed(entry: Entry): void {
    const { consumer, clock, random, pace } = this.#options;
    this.#note(entry);
    const { errorClass } = describeFailure(entry.error);
    const failed = {
      attempts: entry.attempts,
      elapsedMs: pace.workingTime(clock.monotonic()) - entry.firstAttemptAt,
      errorClass,
    };
    const policy = consumer.retry;
    const decision = policy === undefined ? { dead: 'MAX_ATTEMPTS' as const } : decide(policy, failed, random);
    if ('retryInMs' in decision) {
      this.#options.lanes.failing(entry);
      this.#later(entry, decision.retryInMs, () => this.#retry(entry));
      return;
    }
    if (decision.dead !== 'REJECTED') this.#exhausted(entry);
    this.#options.die(entry, decision.dead);
  }

  /** Its batch threw `entry.error`: an error that may be another record's kills nobody, whatever is left of the budget. */
  undivided(entry: Entry): void {
    const { consumer, random } = this.#options;
    if (consumer.retry === undefined) {
      this.failed(entry);
      return;
    }
    this.#note(entry);
    this.#options.lanes.failing(entry);
    this.#later(entry, backoffMs(consumer.retry, entry.attempts, random), () => this.#retry(entry));
  }

  /** A store or a topic is away, which is nobody's failure. */
  outage(entry: Entry, code: IncidentCode, message: string): void {
    const { random, incident, due } = this.#options;
    entry.outages += 1;
    if (entry.outages === 1) incident(code, message, entry, entry.error);
    this.#later(entry, backoffMs(outageBackoff, entry.outages, random), () => due(entry));
  }

  // The ratio delays a retry and uses up no attempt; the time of the budget runs on.
  #retry(entry: Entry): void {
    const { clock, consumer, random, ratio, due, die, pace } = this.#options;
    const now = clock.monotonic();
    if (ratio.allows(now)) {
      due(entry);
      return;
    }
    const policy = consumer.retry;
    if (policy === undefined || pace.workingTime(now) - entry.firstAttemptAt > policy.withinMs) {
      this.#exhausted(entry);
      die(entry, 'BUDGET_EXHAUSTED');
      return;
    }
    const pause = backoffMs({ ...policy, initialMs: policy.maxMs / 4 }, 1, random);
    this.#later(entry, Math.max(100, pause), () => this.#retry(entry));
  }

  #exhausted(entry: Entry): void {
    this.#options.instruments.of(entry.type).retriesExhausted.add(1);
  }

  #note(entry: Entry): void {
    entry.lastFailureAt = this.#options.clock.now();
    if (entry.firstFailureAt === 0) entry.firstFailureAt = entry.lastFailureAt;
  }

  #later(entry: Entry, ms: number, call: () => void): void {
    this.#options.clock.timer(ms, () => {
      if (entry.share.live) call();
    });
  }
}
