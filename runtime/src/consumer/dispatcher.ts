/**
 * Starts what may start: heads of lanes, at most `concurrency` at once and at most `maxInFlight` unsettled; decides
 * what becomes of each outcome. Single-threaded and driven by events only, so that it can be tested step by step.
 */
import type { Disposition } from '../dead-letter/disposition.ts';
import { TenetError } from '../errors.ts';
import type { BatchVerdict, Outcome } from './attempts.ts';
import { Batches } from './batches.ts';
import { Burials } from './burials.ts';
import { deathsToBury } from './crash-watch.ts';
import type { DispatcherOptions } from './dispatcher-options.ts';
import type { Entry, Share } from './entry.ts';
import { Fifo } from './fifo.ts';
import { HandlerRuns } from './handler-runs.ts';
import type { Pace } from './pace/pace.ts';
import { Poison } from './poison.ts';
import { Retries } from './retries.ts';
import { Suspects } from './suspects.ts';
import { tellEnd } from './tell-end.ts';
import { tellWaits } from './waits.ts';
import type { WedgeWatch } from './wedge-watch.ts';

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #runs: HandlerRuns;
  readonly #burials: Burials;
  readonly #batches: Batches | undefined;
  readonly #retries: Retries;
  readonly #concurrency: number;
  readonly #maxInFlight: number;
  readonly #pace: Pace;
  /** Heads of lanes that were not started yet. */
  readonly #ready = new Fifo<Entry>();
  /** Started ones whose next attempt is due. */
  readonly #again = new Fifo<Entry>();
  /** Heads of lanes that a process may have died of. */
  readonly #suspects: Suspects;
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
    this.#pace = options.pace;
    const { clock, consumer } = options;
    const wanted = (entry: Entry) => this.#wanted(entry);
    this.#suspects = new Suspects({
      ...options,
      patienceMs: 2 * consumer.timeoutMs,
      wanted,
      run: (entry) => this.#runs.run(entry),
      again: (entry) => {
        this.#ready.push(entry);
        this.pump();
      },
    });
    const ended = (entry: Entry, outcome: Outcome) => this.#ended(entry, outcome);
    this.#runs = new HandlerRuns({
      ...options,
      wanted,
      begun: (entry, now) => this.#attempt(entry, now),
      ended,
      batchEnded: (entries, outcome) => this.#batchEnded(entries, outcome),
      wedged: (first) => this.#wedged(first),
    });
    const begun = (entry: Entry) => this.#occupy(entry);
    this.#burials = new Burials({ ...options, concurrency: this.#concurrency, wanted, begun, ended });
    const due = (entry: Entry) => {
      if (entry.death === undefined) this.#again.push(entry);
      else this.#burials.due(entry);
      this.pump();
    };
    this.#batches = consumer.batch === undefined ? undefined : new Batches({ ...consumer.batch, clock, due });
    const die = (entry: Entry, disposition: Disposition) => {
      this.#die(entry, disposition);
      this.pump();
    };
    this.#retries = new Retries({ ...options, due, die });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isIdle(): boolean {
    return this.#runs.isIdle;
  }

  /** Handlers that do not end. */
  get wedges(): WedgeWatch<Entry> {
    return this.#runs.wedges;
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
    if (key === undefined || entry.share.lanes.enter(key, entry)) {
      entry.headAt = entry.arrivedAt;
      this.#ready.push(entry);
    } else this.#batches?.follow(entry);
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
    this.#burials.due(entry);
  }

  /** A held record is nobody's to decide again: its successors may start. It is the head: what came before is passed. */
  settle(entry: Entry): void {
    this.#release(entry);
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
    this.#batches?.flush();
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
    this.#runs.close();
    this.#options.isolation.remove(this);
    this.#pace.close();
    this.#batches?.close();
  }

  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const { isolation } = this.#options;
    while (this.#mode !== 'closed' && this.#runs.size < this.#concurrency && !isolation.isWanted) {
      if (this.#pace.waits()) break;
      const entry = this.#next();
      if (entry === undefined) break;
      if (this.#wanted(entry)) this.#start(entry);
    }
    // Also those that were found to be dead just now.
    if (this.#mode !== 'closed') this.#burials.pump();
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
    const next = this.#pace.next(this.#ready);
    return next ?? this.#batches?.next();
  }

  /** Only the head of its lane: one that joins the batch of its predecessor is not alone any more. */
  #isGivenUp(entry: Entry): boolean {
    if (entry.started || entry.handed || entry.row || entry.ahead !== undefined) return false;
    return this.#options.outdated?.(entry) === true;
  }

  #giveUp(entry: Entry): void {
    entry.share.unpassed -= 1;
    this.#waiting -= 1;
    this.#release(entry);
    this.#options.started(entry);
  }

  #start(entry: Entry): void {
    if (this.#isGivenUp(entry)) {
      this.#giveUp(entry);
    } else if (entry.deaths !== undefined) {
      this.#suspect(entry, entry.deaths);
    } else if (entry.batch !== undefined) {
      this.#runs.runBatch(entry.batch);
    } else if (this.#batches === undefined || entry.alone || this.#mode !== 'open') {
      this.#runs.run(entry);
    } else {
      this.#begin(entry);
      this.#batches.take(entry);
    }
  }

  #suspect(entry: Entry, deaths: number): void {
    if (deaths < deathsToBury) {
      entry.alone = true;
      this.#suspects.add(entry);
      return;
    }
    this.#begin(entry);
    const text = `${deaths} processes died while it was the only record that was being handled`;
    entry.error = new TenetError('crash-loop', text, { contract: this.#options.consumer.event.name, poison: true });
    this.#die(entry, 'CRASH_LOOP');
  }

  #attempt(entry: Entry, now: number): void {
    const instruments = this.#instruments(entry);
    this.#occupy(entry);
    entry.handed = true;
    if (!entry.started) this.#begin(entry);
    entry.attempts += 1;
    if (entry.attempts === 1) entry.firstAttemptAt = this.#pace.workingTime(now);
    else instruments.retries.add(1);
    instruments.attempts.add(1);
    tellWaits(entry, instruments, now);
    this.#options.ratio.count(now, entry.attempts > 1);
    this.#pace.begun(entry, now);
  }

  #occupy(entry: Entry): void {
    this.#active.add(entry);
    entry.running = true;
  }

  #wedged(first: Entry): void {
    for (const entry of first.batch?.entries ?? [first]) this.#active.delete(entry);
    this.#suspects.wedged(first);
    this.#options.isolation.quiet();
    this.#options.wedged(first);
    this.#calm();
  }

  #batchEnded(entries: readonly Entry[], outcome: BatchVerdict): void {
    this.#options.isolation.quiet();
    const verdictOf = (i: number): Outcome => (typeof outcome === 'string' ? outcome : (outcome[i] ?? 'held'));
    // What wants to be held back waits again before anything of its key can be parked.
    for (const [i, entry] of entries.entries()) {
      if (outcome !== 'unavailable') entry.batch = undefined;
      if (verdictOf(i) === 'held') this.#finish(entry, 'held');
    }
    for (const [i, entry] of entries.entries()) {
      const verdict = verdictOf(i);
      // While the store is away the batch stays what it is, and comes again as one.
      if (verdict === 'unavailable' && i > 0) this.#suspend(entry);
      else if (verdict !== 'held') this.#finish(entry, verdict);
    }
    this.pump();
    this.#calm();
  }

  #ended(entry: Entry, outcome: Outcome): void {
    this.#options.isolation.quiet();
    this.#finish(entry, outcome);
    this.pump();
    this.#calm();
  }

  #finish(entry: Entry, outcome: Outcome): void {
    this.#rest(entry, outcome);
    if (entry.share.live) this.#conclude(entry, outcome);
    else this.#release(entry);
  }

  #suspend(entry: Entry): void {
    this.#rest(entry, 'unavailable');
    entry.attempts -= 1;
    if (!entry.share.live) this.#release(entry);
  }

  #rest(entry: Entry, outcome: Outcome): void {
    entry.running = false;
    this.#active.delete(entry);
    if (this.#mode !== 'closed') this.#pace.ended(entry, outcome, this.#options.clock.monotonic());
  }

  #begin(entry: Entry): void {
    entry.started = true;
    entry.share.inFlight += 1;
    this.#inFlight += 1;
    this.#waiting -= 1;
    this.#options.started(entry);
  }

  #conclude(entry: Entry, outcome: Outcome): void {
    const instruments = this.#instruments(entry);
    switch (outcome) {
      case 'handled':
      case 'mismatch':
      case 'duplicate':
      case 'buried':
      case 'lost':
        tellEnd(entry, outcome, instruments, this.#options.incident);
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
        this.#retries.failed(entry);
        return;
      case 'undivided':
        this.#retries.undivided(entry);
        return;
      case 'held':
        this.#hold(entry);
        return;
      case 'fenced':
        this.#options.fenced(entry.share, entry.error);
        return;
      case 'unavailable':
        if (entry.death === undefined) entry.attempts -= 1;
        this.#retries.outage(
          entry,
          'store-unavailable',
          'the store did not answer; the record waits and uses up no attempt',
        );
        return;
      case 'not-buried':
        instruments.deadLetterFailures.add(1);
        this.#retries.outage(entry, 'dead-letter-unavailable', 'its dead letter was not acknowledged; its key waits');
        return;
    }
  }

  // As if it had not been started; behind another of its key it becomes ready when that one is settled.
  #hold(entry: Entry): void {
    entry.started = false;
    entry.attempts -= 1;
    entry.share.inFlight -= 1;
    this.#inFlight -= 1;
    this.#waiting += 1;
    if (entry.ahead === undefined) this.#ready.push(entry);
  }

  #die(entry: Entry, disposition: Disposition): void {
    this.#pace.died(entry);
    this.#burials.add(entry, disposition);
    if (this.#options.consumer.deadLetter?.after === 'wait') this.#options.lanes.dies(entry);
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
    // At its first death it took its place in the order of its key.
    if (entry.died > Number(waits)) entry.sequence = undefined;
    this.#options.lanes.ended(entry, waits);
    // Its lane still says its key.
    this.#options.passed(entry);
    this.#release(entry);
    entry.letGo();
  }

  #release(entry: Entry): void {
    const next = entry.share.lanes.leave(entry);
    // In the batch that has just ended: its own turn comes.
    if (next === undefined || next.running || next.held) return;
    next.headAt = this.#options.clock.monotonic();
    this.#ready.push(next);
  }

  #instruments(entry: Entry) {
    return this.#options.instruments.of(entry.type);
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
