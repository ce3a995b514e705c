/**
 * Starts what may start: heads of lanes, at most `concurrency` at once and at most `maxInFlight` unsettled; decides
 * what becomes of each outcome. Single-threaded and driven by events only, so that it can be tested step by step.
 */
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { DeadLetters } from '../dead-letter/dead-letters.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import { describeFailure } from '../dead-letter/failure.ts';
import type { Redact } from '../dead-letter/redact.ts';
import { TenetError } from '../errors.ts';
import type { IncidentCode } from '../incident.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import { decide } from '../retry/retry-policy.ts';
import type { RetryRatio } from '../retry/retry-ratio.ts';
import { type Attempts, type Outcome, Poison } from './attempts.ts';
import { bury } from './burial.ts';
import { deathsToBury } from './crash-watch.ts';
import { Deadlines } from './deadlines.ts';
import { deathOf } from './death.ts';
import type { Entry, Share } from './entry.ts';
import { Fifo } from './fifo.ts';
import type { Instruments } from './instruments.ts';
import type { Isolation } from './isolation.ts';
import type { LaneEvents } from './lane-events.ts';
import type { Pace } from './pace/pace.ts';
import { Suspects } from './suspects.ts';

export interface DispatcherOptions {
  readonly consumer: ConsumerContract;
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetters | undefined;
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
  unmark(entry: Entry): void;
  /** Absent: everything starts as soon as it can. */
  readonly pace?: Pace;
  /** The record is passed: the frontier may have moved. */
  passed(entry: Entry): void;
  /** A dead letter was acknowledged. */
  buried(): void;
  /** The first attempt is due; answers whether the policy gives the record up instead. Absent: never. */
  readonly outdated?: ((entry: Entry) => boolean) | undefined;
  /** Fewer records wait for the dispatcher. */
  started(entry: Entry): void;
  /** A store says that the partition has another owner. */
  fenced(share: Share, error: unknown): void;
  incident(code: IncidentCode, message: string, entry: Entry, cause?: unknown): void;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #deadlines: Deadlines<Entry>;
  readonly #concurrency: number;
  readonly #maxInFlight: number;
  readonly #pace: Pace | undefined;
  /** Heads of lanes that were not started yet. */
  readonly #ready = new Fifo<Entry>();
  /** Started ones whose next attempt is due. */
  readonly #again = new Fifo<Entry>();
  /** Those whose dead letter is due. They take no handler's place: a topic that is away must stop nobody else. */
  readonly #dead = new Fifo<Entry>();
  /** Heads of lanes that a process may have died of. */
  readonly #suspects: Suspects;
  #running = 0;
  #burying = 0;
  #inFlight = 0;
  #waiting = 0;
  #mode: 'open' | 'closing' | 'closed' = 'closed';
  #pumping = false;
  #quiet: (() => void)[] = [];
  /** Entries of live shares that run now. */
  #active = new Set<Entry>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#concurrency = options.consumer.concurrency;
    this.#maxInFlight = options.consumer.backpressure.maxInFlight;
    options.isolation.add(this);
    this.#suspects = new Suspects({
      ...options,
      patienceMs: 2 * options.consumer.timeoutMs,
      wanted: (entry) => this.#wanted(entry),
      run: (entry) => this.#run(entry),
      again: (entry) => {
        this.#ready.push(entry);
        this.pump();
      },
    });
    this.#pace = options.pace;
    this.#deadlines = new Deadlines(options.clock, options.consumer.timeoutMs, (entry) => this.#late(entry));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** No handler runs, of whatever epoch. */
  get isIdle(): boolean {
    return this.#running === 0;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** `key`: of its lane; `undefined`: the record waits for no other. Call `pump` after the last of a batch. */
  add(entry: Entry, key: string | undefined): void {
    this.count(entry);
    this.enter(entry, key);
  }

  /** The first half of `add`: the record waits. What the line takes waits in no lane, and passes when `parked` says so. */
  count(entry: Entry): void {
    entry.share.unpassed += 1;
    this.#waiting += 1;
  }

  /** The second half of `add`: it may start when its key lets it. */
  enter(entry: Entry, key: string | undefined): void {
    if (key === undefined || entry.share.lanes.enter(key, entry)) this.#ready.push(entry);
  }

  /** Its row is acknowledged. */
  parked(entry: Entry): void {
    entry.row = true;
    entry.provisional = true;
    entry.share.ledger.pass(entry);
    this.unload(entry);
    this.#options.passed(entry);
    entry.letGo();
  }

  /** It waits in memory no more. */
  unload(entry: Entry): void {
    entry.share.unpassed -= 1;
    this.#waiting -= 1;
    this.#options.started(entry);
  }

  /** A dead letter of an earlier owner, whose evidence is still to be produced. */
  recover(entry: Entry): void {
    this.count(entry);
    this.#begin(entry);
    this.#dead.push(entry);
  }

  /** A held record is nobody's to decide again: its successors may start. It is the head: what came before is passed. */
  settle(entry: Entry): void {
    this.#release(entry);
    entry.letGo();
    this.pump();
  }

  go(): void {
    this.#mode = 'open';
    this.pump();
  }

  /**
   * The drain: what runs goes on, and nothing else is started where the last commit can say what is passed. Where it
   * cannot, what lies below an offset that is or will be passed is still started: else the frontier could not move over
   * it, and the passed one would be repeated.
   */
  drain(): void {
    this.#mode = 'closing';
    for (const entry of this.#active) raise(entry);
    this.pump();
  }

  /** Resolves when nothing of a live share runs. */
  quiet(): Promise<void> {
    if (this.#active.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#quiet.push(resolve));
  }

  /** The share's epoch is over: what waits is forgotten, what runs is aborted and counts for nothing. */
  abandon(share: Share): void {
    share.live = false;
    this.#inFlight -= share.inFlight;
    this.#waiting -= share.waiting;
    share.inFlight = 0;
    share.unpassed = 0;
    share.lanes.abandon();
    for (const entry of this.#active) {
      if (entry.share !== share) continue;
      this.#active.delete(entry);
      entry.context?.abort(new TenetError('fenced', 'the partition was taken away while the handler ran'));
    }
    this.#calm();
  }

  close(): void {
    this.#mode = 'closed';
    this.#deadlines.close();
    this.#options.isolation.remove(this);
    this.#pace?.close();
  }

  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const { isolation } = this.#options;
    while (this.#mode !== 'closed' && this.#running < this.#concurrency && !isolation.isWanted) {
      if (this.#pace?.waits() === true) break;
      const entry = this.#next();
      if (entry === undefined) break;
      if (!this.#wanted(entry)) continue;
      if (!entry.started && !entry.row && this.#options.outdated?.(entry) === true) this.#giveUp(entry);
      else if (entry.deaths === undefined) this.#run(entry);
      else this.#suspect(entry, entry.deaths);
    }
    // Also those that were found to be dead just now.
    while (this.#mode !== 'closed' && this.#burying < this.#concurrency) {
      const entry = this.#dead.shift();
      if (entry === undefined) break;
      if (this.#wanted(entry)) this.#runBurial(entry);
    }
    this.#pumping = false;
  }

  // Nobody misses the others: a drain ends with the end of their epoch.
  #wanted({ offset, paged, share }: Entry): boolean {
    if (!share.live) return false;
    return this.#mode === 'open' || (this.#isForgotten(share) && !paged && offset < share.highest);
  }

  /** What passes above the frontier is more than a commit can say. */
  #isForgotten(share: Share): boolean {
    return !this.#options.remembers || share.overflow > 0;
  }

  #next(): Entry | undefined {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    if (this.#inFlight >= this.#maxInFlight) return undefined;
    return this.#pace === undefined ? this.#ready.shift() : this.#pace.next(this.#ready);
  }

  #giveUp(entry: Entry): void {
    entry.share.unpassed -= 1;
    this.#waiting -= 1;
    this.#release(entry);
    this.#options.started(entry);
  }

  async #run(entry: Entry): Promise<void> {
    const { attempts, instruments, clock, ratio } = this.#options;
    this.#running += 1;
    this.#active.add(entry);
    entry.running = true;
    if (!entry.started) this.#begin(entry);
    const now = clock.monotonic();
    entry.attempts += 1;
    if (entry.attempts === 1) entry.firstAttemptAt = this.#workingTime(now);
    else instruments.retries.add(1);
    instruments.attempts.add(1);
    ratio.count(now, entry.attempts > 1);
    this.#pace?.begun(entry, now);
    this.#deadlines.add(entry);
    const outcome = await attempts.run(entry);
    this.#deadlines.remove(entry);
    instruments.handlerSeconds.record((clock.monotonic() - now) / 1000);
    entry.context = undefined;
    this.#running -= 1;
    this.#options.isolation.quiet();
    this.#ended(entry, outcome);
  }

  #suspect(entry: Entry, deaths: number): void {
    if (deaths < deathsToBury) {
      this.#suspects.add(entry);
      return;
    }
    this.#begin(entry);
    const text = `${deaths} processes died while it was the only record that was being handled`;
    entry.error = new TenetError('crash-loop', text, { contract: this.#options.consumer.event.name, poison: true });
    this.#die(entry, 'CRASH_LOOP');
  }

  async #runBurial(entry: Entry): Promise<void> {
    this.#burying += 1;
    this.#active.add(entry);
    entry.running = true;
    const outcome = await bury(entry, this.#options);
    this.#burying -= 1;
    this.#ended(entry, outcome);
  }

  #ended(entry: Entry, outcome: Outcome): void {
    entry.running = false;
    this.#active.delete(entry);
    if (this.#mode !== 'closed') this.#pace?.ended(entry, outcome, this.#options.clock.monotonic());
    if (entry.share.live) this.#conclude(entry, outcome);
    else this.#release(entry);
    this.pump();
    this.#calm();
  }

  #begin(entry: Entry): void {
    entry.started = true;
    entry.share.inFlight += 1;
    this.#inFlight += 1;
    this.#waiting -= 1;
    this.#options.started(entry);
  }

  #conclude(entry: Entry, outcome: Outcome): void {
    const { instruments } = this.#options;
    switch (outcome) {
      case 'handled':
        instruments.handled.add(1);
        this.#settle(entry);
        return;
      case 'mismatch':
        instruments.payloadMismatches.add(1);
        this.#options.incident('payload-mismatch', 'a duplicate by its idempotency key has another payload', entry);
        instruments.duplicate.add(1);
        this.#settle(entry);
        return;
      case 'duplicate':
        instruments.duplicate.add(1);
        this.#settle(entry);
        return;
      case 'buried':
        instruments.deadLettered(entry.death?.disposition ?? 'RECOVERED')?.add(1);
        this.#settle(entry);
        return;
      case 'lost':
        instruments.lostAttempts.add(1);
        this.#options.incident(
          'record-lost',
          'its only attempt failed; at-most-once makes no other',
          entry,
          entry.error,
        );
        this.#settle(entry);
        return;
      case 'poison':
        this.#die(entry, entry.error instanceof Poison ? entry.error.disposition : 'CONTRACT_VIOLATION');
        return;
      case 'was-dead':
        entry.error = new Error('marked as a dead letter before a restart; the failure itself was not kept');
        this.#die(entry, 'RECOVERED');
        return;
      case 'failed':
        this.#failed(entry);
        return;
      case 'fenced':
        this.#options.fenced(entry.share, entry.error);
        return;
      case 'unavailable':
        if (entry.death === undefined) entry.attempts -= 1;
        this.#outage(entry, 'store-unavailable', 'the store did not answer; the record waits and uses up no attempt');
        return;
      case 'not-buried':
        instruments.deadLetterFailures.add(1);
        this.#outage(entry, 'dead-letter-unavailable', 'its dead letter was not acknowledged; its key waits');
        return;
    }
  }

  #failed(entry: Entry): void {
    const { consumer, clock, random, ratio, instruments } = this.#options;
    const now = clock.now();
    if (entry.firstFailureAt === 0) entry.firstFailureAt = now;
    entry.lastFailureAt = now;
    const workingTime = this.#workingTime(clock.monotonic());
    const { errorClass } = describeFailure(entry.error);
    const failed = { attempts: entry.attempts, elapsedMs: workingTime - entry.firstAttemptAt, errorClass };
    const policy = consumer.retry;
    const decision = policy === undefined ? { dead: 'MAX_ATTEMPTS' as const } : decide(policy, failed, random);
    if ('retryInMs' in decision) {
      this.#options.lanes.failing(entry);
      this.#later(entry, decision.retryInMs, () => this.#retry(entry, ratio));
      return;
    }
    if (decision.dead !== 'REJECTED') instruments.retriesExhausted.add(1);
    this.#die(entry, decision.dead);
  }

  // The ratio delays a retry and uses up no attempt; the time of the budget runs on.
  #retry(entry: Entry, ratio: RetryRatio): void {
    const { clock, consumer, random, instruments } = this.#options;
    const now = clock.monotonic();
    if (ratio.allows(now)) {
      this.#again.push(entry);
      this.pump();
      return;
    }
    const policy = consumer.retry;
    if (policy === undefined || this.#workingTime(now) - entry.firstAttemptAt > policy.withinMs) {
      instruments.retriesExhausted.add(1);
      this.#die(entry, 'BUDGET_EXHAUSTED');
      this.pump();
      return;
    }
    const pause = backoffMs({ ...policy, initialMs: policy.maxMs / 4 }, 1, random);
    this.#later(entry, Math.max(100, pause), () => this.#retry(entry, ratio));
  }

  // While only probes start, nobody can use up the time of a budget.
  #workingTime(now: number): number {
    return this.#pace?.workingTime(now) ?? now;
  }

  #die(entry: Entry, disposition: Disposition): void {
    this.#pace?.died(entry);
    const { attempts, redact, clock, consumer, lanes } = this.#options;
    const payload = attempts.payload(entry);
    entry.death = deathOf(entry, disposition, (text) => redact(text, payload), clock.now());
    if (consumer.deadLetter?.after === 'wait') lanes.dies(entry);
    this.#dead.push(entry);
  }

  #outage(entry: Entry, code: IncidentCode, message: string): void {
    const { random, incident } = this.#options;
    entry.outages += 1;
    if (entry.outages === 1) incident(code, message, entry, entry.error);
    this.#later(entry, backoffMs(outageBackoff, entry.outages, random), () => {
      const due = entry.death === undefined ? this.#again : this.#dead;
      due.push(entry);
      this.pump();
    });
  }

  #later(entry: Entry, ms: number, call: () => void): void {
    this.#options.clock.timer(ms, () => {
      if (entry.share.live) call();
    });
  }

  #settle(entry: Entry): void {
    const share = entry.share;
    share.unpassed -= 1;
    share.inFlight -= 1;
    this.#inFlight -= 1;
    raise(entry);
    const waits = entry.death !== undefined && this.#options.consumer.deadLetter?.after === 'wait';
    entry.provisional = waits;
    if (entry.paged && !waits) share.ledger.confirm(entry.offset);
    else if (!entry.passed) share.ledger.pass(entry);
    this.#options.lanes.ended(entry, waits);
    this.#release(entry);
    this.#options.passed(entry);
    entry.letGo();
  }

  #release(entry: Entry): void {
    const next = entry.share.lanes.leave(entry);
    if (next !== undefined && !next.held) this.#ready.push(next);
  }

  #late(entry: Entry): void {
    const { consumer, instruments, incident } = this.#options;
    instruments.handlerTimeouts.add(1);
    const text = `the handler runs longer than ${consumer.timeoutMs} ms; its key waits until it ends`;
    entry.context?.abort(new TenetError('handler-timeout', text, { contract: consumer.event.name, retryable: true }));
    incident('handler-timeout', text, entry);
  }

  #calm(): void {
    if (this.#active.size > 0) return;
    const resolvers = this.#quiet;
    this.#quiet = [];
    for (const resolve of resolvers) resolve();
  }
}

function raise({ offset, share }: Entry): void {
  if (offset > share.highest) share.highest = offset;
}
