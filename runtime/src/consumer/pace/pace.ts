/**
 * What makes a consumer slower on purpose, as its contract says: `rateLimit`, `catchUp`, `breaker`, `floodGuard`. The
 * dispatcher asks before it starts something and tells what became of it. Asking takes nothing, so that one gate does
 * not pay for what another one refuses.
 */
import type { CancelTimer, Clock } from '../../clock.ts';
import type { ConsumerContract } from '../../contract.ts';
import { describeFailure } from '../../dead-letter/failure.ts';
import type { IncidentCode } from '../../incident.ts';
import { duration, percent } from '../../quantity-text.ts';
import type { Outcome } from '../attempts.ts';
import type { Entry } from '../entry.ts';
import type { Fifo } from '../fifo.ts';
import type { Instruments } from '../instruments.ts';
import { Poison } from '../poison.ts';
import { CatchUp } from './catch-up.ts';
import { type Answer, CircuitBreaker } from './circuit-breaker.ts';
import { TokenBucket } from './token-bucket.ts';

export interface PaceOptions {
  readonly contract: ConsumerContract;
  /** Of the topic, under the environment. */
  readonly partitions: number;
  readonly clock: Clock;
  readonly instruments: Instruments;
  /** It is worth asking again. */
  pump(): void;
  /** From now on only probes start. */
  stopped(code: IncidentCode, message: string): void;
  /** Everything starts again. */
  resumed(): void;
}

export class Pace {
  readonly #options: PaceOptions;
  readonly #rateLimit: TokenBucket | undefined;
  readonly #catchUp: CatchUp | undefined;
  readonly #breaker: CircuitBreaker<Entry> | undefined;
  readonly #floodGuard: CircuitBreaker<Entry> | undefined;
  readonly #nonRetryable: readonly string[];
  /** A circuit is open. */
  #stoppedAt: number | undefined;
  #stoppedFor = 0;
  #cancel: CancelTimer | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(options: PaceOptions) {
    const { rateLimitPerSecond, catchUp, breaker, deadLetter, retry } = options.contract;
    this.#options = options;
    this.#rateLimit = rateLimitPerSecond === undefined ? undefined : new TokenBucket(rateLimitPerSecond);
    this.#catchUp = catchUp === undefined ? undefined : new CatchUp(catchUp);
    this.#breaker = breaker === undefined ? undefined : new CircuitBreaker({ ...breaker, share: breaker.failures });
    const guard = deadLetter?.floodGuard;
    this.#floodGuard = guard === undefined ? undefined : new CircuitBreaker({ ...guard, probeEveryMs: guard.overMs });
    this.#nonRetryable = retry?.nonRetryable ?? [];
    this.#tell();
  }

  /** Why only probes start; `undefined` while everything does. */
  get trouble(): string | undefined {
    if (this.#breaker?.open === true) return 'the breaker is open, only probes are handled';
    return this.#floodGuard?.open === true ? 'too much goes to the dead letter, only probes are handled' : undefined;
  }

  /** A new assignment, of so many partitions. */
  divide(owned: number): void {
    const now = this.#options.clock.monotonic();
    const share = owned / this.#options.partitions;
    this.#rateLimit?.divide(share, now);
    this.#catchUp?.bucket.divide(share, now);
  }

  /** Whether nothing may start now. Then a timer asks again, or the end of a probe does. */
  waits(): boolean {
    if (this.#rateLimit === undefined && this.#stoppedAt === undefined) return false;
    const now = this.#options.clock.monotonic();
    const ms = Math.max(
      this.#rateLimit?.waitMs(now) ?? 0,
      this.#breaker?.waitMs(now) ?? 0,
      this.#floodGuard?.waitMs(now) ?? 0,
    );
    if (ms > 0) this.#wakeIn(ms, now);
    return ms > 0;
  }

  /** The next record that was not started before. */
  next(ready: Fifo<Entry>): Entry | undefined {
    if (this.#catchUp === undefined) return ready.shift();
    const { clock } = this.#options;
    const now = clock.monotonic();
    const entry = this.#catchUp.next(ready, now, clock.now());
    if (entry === undefined) this.#wakeIn(this.#catchUp.waitMs(now), now);
    return entry;
  }

  /** An attempt begins. */
  begun(entry: Entry, now: number): void {
    this.#rateLimit?.take(now);
    if (this.#catchUp?.isOld(entry, this.#options.clock.now())) this.#catchUp.bucket.take(now);
    this.#breaker?.begun(entry, now);
    this.#floodGuard?.begun(entry, now);
  }

  /** An attempt or a burial ended, whoever owns the partition now. */
  ended(entry: Entry, outcome: Outcome, now: number): void {
    if (this.#breaker?.ended(entry, this.#breakerAnswer(entry, outcome), now) === true) {
      if (this.#breaker.open) this.#options.stopped('breaker-open', this.#breakerText());
      this.#moved(now);
    }
    if (this.#floodGuard?.ended(entry, floodAnswers[outcome], now) === true) this.#moved(now);
  }

  /** The record becomes a dead letter. */
  died(entry: Entry): void {
    const now = this.#options.clock.monotonic();
    if (this.#floodGuard?.ended(entry, 'bad', now) !== true) return;
    this.#options.stopped('dead-letter-flood', this.#floodText());
    this.#moved(now);
  }

  /** A clock for retry budgets: it stands still while only probes start. `now`: `clock.monotonic()`. */
  workingTime(now: number): number {
    return now - this.#stoppedFor - (this.#stoppedAt === undefined ? 0 : now - this.#stoppedAt);
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #wakeIn(ms: number, now: number): void {
    if (now + ms >= this.#wakesAt) return;
    this.close();
    this.#wakesAt = now + ms;
    this.#cancel = this.#options.clock.timer(ms, () => {
      this.close();
      this.#options.pump();
    });
  }

  #breakerAnswer({ error }: Entry, outcome: Outcome): Answer {
    if (outcome === 'lost' && error instanceof Poison) return 'not-asked';
    if (outcome !== 'failed' || this.#nonRetryable.length === 0) return breakerAnswers[outcome];
    // The contract names such errors as ones that no retry helps: the dependency has answered.
    return this.#nonRetryable.includes(describeFailure(error).errorClass) ? 'unclear' : 'bad';
  }

  #moved(now: number): void {
    this.#tell();
    if (this.trouble !== undefined) {
      this.#stoppedAt ??= now;
      return;
    }
    this.#stoppedFor += now - (this.#stoppedAt ?? now);
    this.#stoppedAt = undefined;
    this.#options.resumed();
  }

  #tell(): void {
    const { instruments } = this.#options;
    instruments.breakerOpen.set(this.#breaker?.open === true ? 1 : 0);
    instruments.deadLetterFlood.set(this.#floodGuard?.open === true ? 1 : 0);
  }

  #breakerText(): string {
    const { breaker } = this.#options.contract;
    if (breaker === undefined) return '';
    const share = `more than ${percent(breaker.failures)} of the attempts within ${duration(breaker.overMs)} failed`;
    return `${share}; nothing starts but one probe every ${duration(breaker.probeEveryMs)}, until one is handled`;
  }

  #floodText(): string {
    const guard = this.#options.contract.deadLetter?.floodGuard;
    if (guard === undefined) return '';
    const share = `more than ${percent(guard.share)} of the records that ended within ${duration(guard.overMs)} are dead letters`;
    return `${share}; nothing starts but one probe every ${duration(guard.overMs)}, until one is handled`;
  }
}

/** Only what the handler threw counts: poison never reached it. */
const breakerAnswers: Readonly<Record<Outcome, Answer>> = {
  handled: 'good',
  failed: 'bad',
  // Of the batch as a whole; which of its records failed is tried out later.
  undivided: 'bad',
  held: 'unclear',
  lost: 'bad',
  duplicate: 'not-asked',
  mismatch: 'not-asked',
  poison: 'not-asked',
  'was-dead': 'not-asked',
  buried: 'unclear',
  'not-buried': 'unclear',
  fenced: 'unclear',
  unavailable: 'unclear',
};

/** The bad ones are told when they die, before anybody waits for their dead letters to be written. */
const floodAnswers: Readonly<Record<Outcome, Answer>> = {
  handled: 'good',
  duplicate: 'good',
  mismatch: 'good',
  failed: 'unclear',
  undivided: 'unclear',
  held: 'unclear',
  lost: 'unclear',
  poison: 'unclear',
  'was-dead': 'unclear',
  buried: 'unclear',
  'not-buried': 'unclear',
  fenced: 'unclear',
  unavailable: 'unclear',
};
