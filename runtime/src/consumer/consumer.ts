/**
 * One consumer of one contract in one process: joins the group, takes partitions over, feeds the dispatcher, commits,
 * lets go. Assignments, records and losses come from the adapter; nothing here blocks them.
 */
import type { Assignment, BrokerRecord } from '../broker/broker.ts';
import { within } from '../clock.ts';
import { compileRedaction } from '../dead-letter/redact.ts';
import type { IncidentCode } from '../incident.ts';
import { RetryRatio } from '../retry/retry-ratio.ts';
import { CommitFirst } from './at-most-once.ts';
import { Backpressure } from './backpressure.ts';
import { Committer } from './committer.ts';
import { Dispatcher } from './dispatcher.ts';
import { type Entry, Share } from './entry.ts';
import { bindInstruments, type Instruments } from './instruments.ts';
import { Intake } from './intake.ts';
import { laneKeys } from './lane-keys.ts';
import { Lanes } from './lanes.ts';
import { compileLoadShedder, type LoadShedder } from './load-shedder.ts';
import { Losses } from './losses.ts';
import { Membership } from './membership.ts';
import { findJump, type JumpQuery } from './offset-jump.ts';
import { openParking } from './open-parking.ts';
import type { ConsumerOptions } from './options.ts';
import { Pace } from './pace/pace.ts';
import type { Parking } from './parking.ts';
import type { Start } from './positions.ts';
import { type Report, reporter } from './report.ts';
import { TakeOver } from './take-over.ts';
import { Unparked } from './unparked.ts';
import { Vitals } from './vitals.ts';

/** The part of a rebalance's time that handlers get to end; the rest is for the last commit. */
const drainShare = 0.7;

/** How long a record that is to run alone waits for its mark before it is tried again. */
const markMs = 10_000;

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #instruments: Instruments;
  readonly #report: Report;
  readonly #membership: Membership;
  readonly #dispatcher: Dispatcher;
  readonly #committer: Committer;
  readonly #backpressure: Backpressure;
  readonly #pace: Pace;
  /** With at-most-once. */
  readonly #commitFirst: CommitFirst | undefined;
  readonly #losses: Losses;
  /** With a policy that loses events. */
  readonly #shedder: LoadShedder | undefined;
  readonly #intake: Intake;
  readonly #takeOver: TakeOver;
  readonly #vitals: Vitals;
  readonly #parking: Parking | undefined;
  readonly #lanes: (Lanes<Entry> | undefined)[] = [];
  readonly #keyOf: (record: BrokerRecord) => string | undefined;
  /** By partition. */
  #shares: (Share | undefined)[] = [];
  #assignment: Assignment | undefined;
  #leaving = false;
  #ended = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const { contract, clock, random } = options;
    this.#instruments = bindInstruments(options.telemetry, contract, options.topic);
    this.#report = reporter(options.log, contract);
    this.#keyOf = laneKeys(contract.event.ordering);
    this.#membership = this.#openMembership();
    this.#parking = this.#openParking();
    const crowded = (share: Share) => this.#backpressure.crowded(share);
    const say = (code: IncidentCode, message: string, entry: Entry) => this.#incident(code, message, entry);
    const lanes = this.#parking ?? new Unparked({ crowded, say });
    this.#backpressure = new Backpressure(contract.backpressure, {
      pause: (share) => {
        this.#membership.consumer?.pause([this.#ref(share)]);
        lanes.overflow(share);
      },
      resume: (share) => this.#membership.consumer?.resume([this.#ref(share)]),
    });
    this.#pace = new Pace({
      contract,
      partitions: options.partitions,
      clock,
      instruments: this.#instruments,
      pump: () => this.#dispatcher.pump(),
      stopped: (code, message) => {
        this.#incident(code, message);
        this.#backpressure.narrow(this.#owned());
      },
      resumed: () => this.#backpressure.widen(this.#owned()),
    });
    const commitFirst = {
      contract,
      partitions: options.partitions,
      enter: (entry: Entry) => this.#dispatcher.enter(entry, this.#keyOf(entry.record)),
      commit: () => this.#committer.wake(),
      lost: (count: number) => this.#instruments.lostAttempts.add(count),
    };
    this.#commitFirst = contract.delivery === 'at-most-once' ? new CommitFirst(commitFirst) : undefined;
    this.#committer = new Committer({
      topic: options.topic,
      clientId: options.clientId,
      clock,
      metadata: options.broker.features.commitMetadata,
      // A record that waits for its commit waits for nothing else.
      everyMs: this.#commitFirst === undefined ? options.timing.commitEveryMs : 1,
      everyRecords: options.timing.commitEveryRecords,
      shares: () => this.#owned(),
      consumer: () => this.#membership.consumer,
      fenced: (error) => this.#fencedByBroker(error),
      failed: (error) => {
        this.#instruments.commitFailures.add(1);
        this.#incident('commit-unknown', 'a commit was not answered; it is read back', undefined, error);
        if (this.#commitFirst !== undefined) this.#doubt();
      },
      committed: () => {
        this.#commitFirst?.acknowledged();
        this.#shedder?.committed();
        this.#dispatcher.pump();
        this.#vitals.sample();
      },
    });
    this.#losses = new Losses({
      topic: options.topic,
      ledger: options.lossLedger,
      instruments: this.#instruments,
      clock,
      random,
      passed: (share) => this.#passed(share),
      incident: (code, message, entry, cause) => this.#incident(code, message, entry, cause),
    });
    this.#shedder = compileLoadShedder(contract, {
      clock,
      losses: this.#losses,
      lateCommitMs: options.timing.sessionTimeoutMs,
      full: (share) => this.#full(share),
      keyOf: this.#keyOf,
      settle: (entry) => this.#dispatcher.settle(entry),
    });
    const shedder = this.#shedder;
    this.#dispatcher = new Dispatcher({
      consumer: contract,
      attempts: options.attempts,
      deadLetters: options.deadLetters,
      ratio: new RetryRatio(contract.retry?.ratio ?? 1),
      redact: compileRedaction(contract.event.classification),
      instruments: this.#instruments,
      clock,
      random,
      lanes,
      isolation: options.isolation,
      mark: ({ share, offset, deaths = 0 }) => this.#committer.mark(share, { offset, deaths, isRunning: true }, markMs),
      unmark: ({ share, offset }) => this.#committer.unmark(share, offset),
      remembers: options.broker.features.commitMetadata && this.#commitFirst === undefined,
      pace: this.#pace,
      passed: (entry) => {
        this.#commitFirst?.ended(entry);
        this.#committer.unmark(entry.share, entry.offset);
        this.#passed(entry.share);
      },
      buried: () => this.#vitals.buried(),
      outdated: shedder === undefined ? undefined : (entry) => shedder.outdated(entry),
      started: (entry) => this.#backpressure.shrunk(entry.share),
      fenced: (share, error) => this.#fencedByStore(share, error),
      incident: (code, message, entry, cause) => this.#incident(code, message, entry, cause),
    });
    this.#intake = new Intake({
      dispatcher: this.#dispatcher,
      parking: this.#parking,
      shedder: this.#shedder,
      commitFirst: this.#commitFirst,
      keyOf: this.#keyOf,
    });
    this.#takeOver = new TakeOver({
      ...options,
      parking: this.#parking,
      losses: this.#losses,
      consumer: () => this.#membership.consumer,
      // What is committed before it starts is not met again by whoever comes next.
      claim: async (consumer, shares) => {
        if (this.#commitFirst === undefined) await this.#committer.claim(consumer, shares);
      },
      open: (share, start) => this.#open(share, start),
      standStill: (share, code, why) => this.#standStill(share, code, why),
      incident: (code, message, partition, cause) => this.#report(code, message, { partition, cause }),
    });
    this.#vitals = new Vitals({
      broker: options.broker,
      contract,
      topic: options.topic,
      instruments: this.#instruments,
      dispatcher: this.#dispatcher,
      backpressure: this.#backpressure,
      clock,
      shares: () => this.#owned(),
    });
  }

  #openParking(): Parking | undefined {
    const { contract, store, timing } = this.#options;
    if (store?.line === undefined || contract.delivery === 'at-most-once') return undefined;
    return openParking({
      ...this.#options,
      line: store.line,
      group: contract.group,
      watchEveryMs: timing.watchEveryMs,
      keyOf: this.#keyOf,
      dispatcher: () => this.#dispatcher,
      shares: () => this.#owned(),
      fenced: (share, error) => this.#fencedByStore(share, error),
      crowded: (share) => this.#backpressure.crowded(share),
      changed: (share) => this.#backpressure.shrunk(share),
      discarded: () => this.#instruments.discarded.add(1),
      incident: (code, message, cause) => this.#incident(code, message, undefined, cause),
      mismatch: (share, why) => {
        this.#dispatcher.abandon(share);
        this.#standStill(share, 'line-mismatch', why);
      },
    });
  }

  async start(): Promise<void> {
    this.#instruments.startTime.set(this.#options.clock.now() / 1000);
    this.#vitals.start();
    await this.#membership.join();
  }

  /** Why the consumer cannot do its work now; `undefined` while it can. */
  get trouble(): string | undefined {
    if (this.#ended) return 'stopped';
    if (this.#membership.trouble !== undefined) return this.#membership.trouble.message;
    if (this.#assignment === undefined) return 'not joined';
    const stopped = this.#partitions((share) => share.stopped);
    if (stopped !== '') return `partitions ${stopped} stand still`;
    const pending = this.#partitions((share) => !share.open);
    return pending === '' ? this.#pace.trouble : `partitions ${pending} are being taken over`;
  }

  /** Whether every record below that offset is passed; false while the partition is not ours. */
  hasPassed(partition: number, end: bigint): boolean {
    const share = this.#shares[partition];
    return (
      share?.open === true && share.live && share.ledger.frontier >= end && (this.#commitFirst?.idle(share) ?? true)
    );
  }

  /** Drains, commits, verifies, leaves. What does not end within the budget is repeated by the next owner. */
  async stop(budgetMs: number): Promise<void> {
    if (this.#leaving || this.#ended) return;
    this.#leaving = true;
    await this.#drain(budgetMs);
    this.#ended = true;
    this.#letGo();
    this.#dispatcher.close();
    this.#instruments.up.set(0);
    // Its tick holds the process: it ends whatever the broker answers.
    this.#vitals.stop();
    await this.#membership.consumer?.stop();
  }

  /** For tests: ends as a kill would. Nothing is started, committed or said any more. */
  halt(): void {
    this.#ended = true;
    this.#vitals.stop();
    this.#committer.close();
    this.#dispatcher.close();
    this.#letGo();
  }

  #openMembership(): Membership {
    return new Membership({
      ...this.#options,
      listener: {
        assigned: (assignment) => this.#assigned(assignment),
        revoking: () => this.#revoking(),
        lost: () => this.#lost(),
        records: ({ partition }, records, logEnd, next) => this.#records(partition, records, logEnd, next),
        offsetLost: ({ partition }, position) => this.#offsetLost(partition, position),
        failed: (error, fatal) => this.#failed(error, fatal),
        recovered: () => {
          this.#membership.trouble = undefined;
        },
      },
      lost: () => this.#lost(),
      isOver: () => this.#ended,
    });
  }

  #assigned(assignment: Assignment): void {
    if (this.#leaving || this.#ended) return;
    this.#letGo();
    this.#assignment = assignment;
    this.#membership.trouble = undefined;
    this.#instruments.rebalances.add(1);
    this.#instruments.up.set(1);
    for (const { partition } of assignment.partitions) this.#shares[partition] = this.#share(partition, assignment);
    this.#backpressure.divide(assignment.partitions.length);
    this.#pace.divide(assignment.partitions.length);
    this.#commitFirst?.divide(assignment.partitions.length);
    this.#committer.open();
    this.#dispatcher.go();
    this.#takeOver.run([...this.#owned()], assignment);
  }

  #share(partition: number, { generation }: Assignment): Share {
    const lanes = this.#lanes[partition] ?? new Lanes<Entry>();
    this.#lanes[partition] = lanes;
    return new Share(partition, generation, lanes);
  }

  #open(share: Share, { start, gaps }: Start): void {
    this.#losses.expire(share, gaps);
    share.open = true;
    this.#membership.consumer?.seek(this.#ref(share), start);
    this.#membership.consumer?.resume([this.#ref(share)]);
    this.#committer.wake();
    this.#parking?.opened(share);
    this.#vitals.sample();
  }

  #standStill(share: Share, code: IncidentCode, why: string): void {
    share.stopped = true;
    this.#membership.consumer?.pause([this.#ref(share)]);
    const message = `${why}; the partition stands still until its offset is decided`;
    this.#report(code, message, { partition: share.partition });
    this.#vitals.sample();
  }

  #records(partition: number, records: readonly BrokerRecord[], logEnd: bigint, next: bigint | undefined): void {
    const share = this.#shares[partition];
    if (share === undefined || !share.live || !share.open) return;
    share.logEnd = logEnd;
    this.#instruments.received.add(records.length);
    this.#intake.take(share, records);
    if (!share.live) return;
    if (next !== undefined) share.ledger.advance(next);
    this.#parking?.reached(share);
    this.#dispatcher.pump();
    this.#backpressure.grown(share);
    this.#committer.wake();
  }

  /** What may start takes no room. */
  #full(share: Share): boolean {
    if (!this.#backpressure.full(share)) return false;
    this.#dispatcher.pump();
    return this.#backpressure.full(share);
  }

  #passed(share: Share): void {
    this.#committer.note(share);
    this.#backpressure.shrunk(share);
  }

  async #revoking(): Promise<void> {
    const assignment = this.#assignment;
    await this.#drain(this.#options.timing.rebalanceTimeoutMs);
    // The session may have expired meanwhile, and the group may have given us partitions anew.
    if (this.#assignment === assignment) this.#lost();
  }

  async #drain(budgetMs: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.monotonic() + budgetMs;
    this.#dispatcher.drain();
    for (const share of this.#owned()) {
      share.leaving = true;
      share.untold = true;
    }
    const quiet = (this.#commitFirst?.drain() ?? this.#dispatcher.quiet()).then(() => true);
    const drained = await within(clock, budgetMs * drainShare, quiet);
    // What was claimed and has not begun is left to the next owner.
    if (drained !== true && this.#commitFirst !== undefined) this.#claimNothing();
    const left = Math.max(0, until - clock.monotonic()) * 0.8;
    const committed = await within(clock, left, this.#committer.settle(left));
    if (drained !== true || committed !== true) {
      const what = drained === true ? 'the last commit was not acknowledged' : 'a handler was still running';
      this.#incident('drain-incomplete', `${what} when the time of the drain was over; its records are repeated`);
    }
  }

  #lost(): void {
    this.#instruments.up.set(0);
    this.#committer.close();
    this.#letGo();
  }

  #letGo(): void {
    for (const share of this.#owned()) {
      if (share.live) this.#dispatcher.abandon(share);
      this.#vitals.forget(share.partition);
    }
    this.#commitFirst?.letGo();
    this.#shares = [];
    this.#parking?.stop();
    this.#assignment = undefined;
    this.#backpressure.divide(0);
    this.#vitals.sample();
  }

  #fencedByBroker(error: Error): void {
    this.#incident('fenced', 'the group has another owner for our partitions; they are given up', undefined, error);
    this.#lost();
  }

  /** Another owner has raised the epoch. If the group still counts us as the owner, the partition is taken over again. */
  #fencedByStore(share: Share, error: unknown): void {
    const assignment = this.#assignment;
    this.#dispatcher.abandon(share);
    if (this.#shares[share.partition] !== share || assignment === undefined) return;
    const { partition } = share;
    const message = 'the store has another owner for the partition; it is taken over again if the group agrees';
    this.#report('fenced', message, { partition, cause: error });
    this.#membership.consumer?.pause([this.#ref(share)]);
    const again = this.#share(partition, assignment);
    again.contested = true;
    this.#shares[partition] = again;
    const { clock, timing } = this.#options;
    // The time in which the group tells a member that was thrown out.
    clock.timer(timing.sessionTimeoutMs / 10, () => this.#takeOver.run([again], assignment));
  }

  #offsetLost(partition: number, position: bigint): void {
    const share = this.#shares[partition];
    const { broker, contract } = this.#options;
    const { onOffsetLost } = contract;
    if (share === undefined || !share.live) return;
    if (onOffsetLost === 'fail') {
      this.#standStill(share, 'offset-lost', `offset ${position} does not exist (any more)`);
      return;
    }
    this.#jump(share, { ...this.#options, onOffsetLost, admin: broker.admin() });
  }

  /** What is in memory is still handled; reading goes on where the log does. */
  async #jump(share: Share, query: JumpQuery): Promise<void> {
    const assignment = this.#assignment;
    const jump = await findJump(share, query);
    if (!share.live || assignment === undefined) return;
    if (jump === undefined) {
      this.#dispatcher.abandon(share);
      const again = this.#share(share.partition, assignment);
      this.#shares[share.partition] = again;
      this.#takeOver.run([again], assignment);
      return;
    }
    this.#losses.expire(share, jump.gaps);
    share.logEnd = jump.logEnd;
    this.#parking?.reached(share);
    this.#membership.consumer?.seek(this.#ref(share), jump.next);
    if (!share.paused) this.#membership.consumer?.resume([this.#ref(share)]);
    this.#committer.wake();
  }

  async #failed(error: Error, fatal: boolean): Promise<void> {
    if (this.#ended) return;
    this.#membership.trouble = error;
    const next = fatal ? 'the consumer is opened anew' : 'it is tried again';
    this.#incident('broker-lost', `${error.message}; ${next}`, undefined, error);
    if (fatal) await this.#membership.openAnew();
  }

  /** With at-most-once, when a commit was not answered: it must not arrive under an assignment that goes on. */
  async #doubt(): Promise<void> {
    const assignment = this.#assignment;
    this.#claimNothing();
    this.#dispatcher.drain();
    const { clock, timing } = this.#options;
    await within(clock, timing.rebalanceTimeoutMs * drainShare, this.#dispatcher.quiet());
    if (this.#assignment === assignment) await this.#membership.openAnew();
  }

  #claimNothing(): void {
    this.#commitFirst?.doubt();
    this.#committer.close();
  }

  #partitions(which: (share: Share) => boolean): string {
    return [...this.#owned()]
      .filter(which)
      .map((share) => share.partition)
      .join(', ');
  }

  *#owned(): Iterable<Share> {
    for (const share of this.#shares) if (share !== undefined) yield share;
  }

  #ref(share: Share) {
    return { topic: this.#options.topic, partition: share.partition };
  }

  #incident(code: IncidentCode, message: string, entry?: Entry, cause?: unknown): void {
    this.#report(code, message, { partition: entry?.record.partition, offset: entry?.record.offset, cause });
  }
}
