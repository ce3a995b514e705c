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
import { type Attempts, Poison, type Verdict } from './attempts.ts';
import { Deadlines } from './deadlines.ts';
import { deathOf } from './death.ts';
import type { Entry, Share } from './entry.ts';
import { Fifo } from './fifo.ts';
import type { Instruments } from './instruments.ts';
import type { LaneEvents } from './lane-events.ts';

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
  /** The record is passed: the frontier may have moved. */
  passed(entry: Entry): void;
  /** A dead letter was acknowledged. */
  buried(): void;
  /** Fewer records wait for the dispatcher. */
  started(entry: Entry): void;
  /** A store says that the partition has another owner. */
  fenced(share: Share, error: unknown): void;
  incident(code: IncidentCode, message: string, entry: Entry, cause?: unknown): void;
}

type Outcome = Verdict | 'buried' | 'not-buried';

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #deadlines: Deadlines<Entry>;
  readonly #concurrency: number;
  readonly #maxInFlight: number;
  /** Heads of lanes that were not started yet. */
  readonly #ready = new Fifo<Entry>();
  /** Started ones whose next attempt is due. */
  readonly #again = new Fifo<Entry>();
  /** Those whose dead letter is due. They take no handler's place: a topic that is away must stop nobody else. */
  readonly #dead = new Fifo<Entry>();
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
    this.#deadlines = new Deadlines(options.clock, options.consumer.timeoutMs, (entry) => this.#late(entry));
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** `key`: of its lane; `undefined`: the record waits for no other. Call `pump` after the last of a batch. */
  add(entry: Entry, key: string | undefined): void {
    entry.share.unpassed += 1;
    this.#waiting += 1;
    if (key === undefined || entry.share.lanes.enter(key, entry)) this.#ready.push(entry);
  }

  /** The line takes the record: it waits in no lane, and passes when `parked` says so. */
  hold(entry: Entry): void {
    entry.share.unpassed += 1;
    this.#waiting += 1;
  }

  /** Its row is acknowledged. */
  parked(entry: Entry): void {
    entry.row = true;
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
    this.hold(entry);
    this.#begin(entry);
    this.#dead.push(entry);
  }

  go(): void {
    this.#mode = 'open';
    this.pump();
  }

  /**
   * The drain: what runs goes on, and only what lies below an offset that is or will be passed is still started: else
   * the frontier could not move over it, and the passed one would be repeated.
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
  }

  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#mode !== 'closed' && this.#burying < this.#concurrency) {
      const entry = this.#dead.shift();
      if (entry === undefined) break;
      if (this.#wanted(entry)) this.#runBurial(entry);
    }
    while (this.#mode !== 'closed' && this.#running < this.#concurrency) {
      const entry = this.#next();
      if (entry === undefined) break;
      if (this.#wanted(entry)) this.#run(entry);
    }
    this.#pumping = false;
  }

  // Nobody misses the others: a drain ends with the end of their epoch.
  #wanted({ record, share, paged }: Entry): boolean {
    return share.live && (this.#mode === 'open' || (!paged && record.offset < share.highest));
  }

  #next(): Entry | undefined {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    return this.#inFlight < this.#maxInFlight ? this.#ready.shift() : undefined;
  }

  async #run(entry: Entry): Promise<void> {
    const { attempts, instruments, clock, ratio } = this.#options;
    this.#running += 1;
    this.#active.add(entry);
    entry.running = true;
    if (!entry.started) this.#begin(entry);
    const now = clock.monotonic();
    entry.attempts += 1;
    if (entry.attempts === 1) entry.firstAttemptAt = now;
    else instruments.retries.add(1);
    instruments.attempts.add(1);
    ratio.count(now, entry.attempts > 1);
    this.#deadlines.add(entry);
    const outcome = await attempts.run(entry);
    this.#deadlines.remove(entry);
    instruments.handlerSeconds.record((clock.monotonic() - now) / 1000);
    entry.context = undefined;
    this.#running -= 1;
    this.#ended(entry, outcome);
  }

  async #runBurial(entry: Entry): Promise<void> {
    this.#burying += 1;
    this.#active.add(entry);
    entry.running = true;
    const outcome = await this.#bury(entry);
    this.#burying -= 1;
    this.#ended(entry, outcome);
  }

  #ended(entry: Entry, outcome: Outcome): void {
    entry.running = false;
    this.#active.delete(entry);
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
    const monotonic = clock.monotonic();
    const { errorClass } = describeFailure(entry.error);
    const failed = { attempts: entry.attempts, elapsedMs: monotonic - entry.firstAttemptAt, errorClass };
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
    if (policy === undefined || now - entry.firstAttemptAt > policy.withinMs) {
      instruments.retriesExhausted.add(1);
      this.#die(entry, 'BUDGET_EXHAUSTED');
      this.pump();
      return;
    }
    const pause = backoffMs({ ...policy, initialMs: policy.maxMs / 4 }, 1, random);
    this.#later(entry, Math.max(100, pause), () => this.#retry(entry, ratio));
  }

  #die(entry: Entry, disposition: Disposition): void {
    const { attempts, redact, clock, consumer, lanes } = this.#options;
    const payload = attempts.payload(entry);
    entry.death = deathOf(entry, disposition, (text) => redact(text, payload), clock.now());
    if (consumer.deadLetter?.after === 'wait') lanes.dies(entry);
    this.#dead.push(entry);
  }

  async #bury(entry: Entry): Promise<Outcome> {
    const { attempts, deadLetters, clock } = this.#options;
    if (entry.death === undefined || deadLetters === undefined) return 'not-buried';
    const marked = await attempts.markDead(entry);
    if (marked !== 'dead') return marked;
    // Between the mark and the evidence the partition may have gone; its new owner finds the mark.
    if (!entry.share.live) return 'not-buried';
    try {
      const place = { record: entry.record, generation: entry.share.generation, deaths: entry.deaths };
      if (!entry.evidenced) await deadLetters.bury(place, entry.death, clock.now());
      if (!entry.evidenced) this.#options.buried();
      entry.evidenced = true;
      return await attempts.evidenced(entry);
    } catch (error) {
      entry.error = error;
      return 'not-buried';
    }
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
    share.ledger.pass(entry);
    raise(entry);
    const held = entry.death !== undefined && this.#options.consumer.deadLetter?.after === 'wait';
    this.#options.lanes.ended(entry, held);
    this.#release(entry);
    this.#options.passed(entry);
    entry.letGo();
  }

  #release(entry: Entry): void {
    const next = entry.share.lanes.leave(entry);
    if (next !== undefined) this.#ready.push(next);
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

function raise({ record, share }: Entry): void {
  if (record.offset > share.highest) share.highest = record.offset;
}
