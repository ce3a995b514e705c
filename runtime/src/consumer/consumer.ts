/**
 * One consumer of one contract in one process: joins the group, takes partitions over, feeds the dispatcher, commits,
 * lets go. Assignments, records and losses come from the adapter; nothing here blocks them.
 */
import type { Assignment, BrokerRecord, ConsumerListener } from '../broker/broker.ts';
import { within } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import { compileRedaction } from '../dead-letter/redact.ts';
import type { IncidentCode } from '../incident.ts';
import { duration } from '../quantity-text.ts';
import { RetryRatio } from '../retry/retry-ratio.ts';
import { Arrivals } from './arrivals.ts';
import { CommitFirst } from './at-most-once.ts';
import { Backpressure } from './backpressure.ts';
import { Committer } from './committer.ts';
import { Dispatcher } from './dispatcher.ts';
import { type Entry, Share } from './entry.ts';
import { bindInstruments, type Instruments } from './instruments.ts';
import { laneKeys } from './lane-keys.ts';
import { Lanes } from './lanes.ts';
import { compileLoadShedder, type LoadShedder } from './load-shedder.ts';
import { Losses } from './losses.ts';
import { Membership } from './membership.ts';
import { findJump, type JumpQuery } from './offset-jump.ts';
import { openParking } from './open-parking.ts';
import type { ConsumerOptions } from './options.ts';
import { OrderEvidence } from './order-evidence.ts';
import { Pace } from './pace/pace.ts';
import type { Parking } from './parking.ts';
import type { Start } from './positions.ts';
import { type Report, reporter } from './report.ts';
import { troubleOf } from './standing.ts';
import { TakeOver } from './take-over.ts';
import { Unparked } from './unparked.ts';
import { Vitals } from './vitals.ts';

/** The part of a rebalance's time that handlers get to end; the rest is for the last commit. */
const drainShare = 0.7;

/** How long a record that is to run alone waits for its mark before it is tried again. */
const markMs = 10_000;

export class Consumer {
  readonly #options: ConsumerOptions & { readonly contract: ConsumerContract };
  readonly #instruments: Instruments;
  readonly #report: Report;
  readonly #membership: Membership;
  readonly #dispatcher: Dispatcher;
  readonly #committer: Committer;
  readonly #backpressure: Backpressure;
  readonly #pace: Pace;
  /** With at-most-once. */
  readonly #commitFirst: CommitFirst | undefined = undefined;
  readonly #losses: Losses;
  /** With a policy that loses events. */
  readonly #shedder: LoadShedder | undefined;
  readonly #takeOver: TakeOver;
  readonly #arrivals: Arrivals;
  readonly #vitals: Vitals;
  readonly #parking: Parking | undefined;
  readonly #evidence: OrderEvidence;
  readonly #lanes: (Lanes<Entry> | undefined)[] = [];
  readonly #keyOf: (record: BrokerRecord) => string | undefined;
  /** By partition. */
  #shares: (Share | undefined)[] = [];
  #assignment: Assignment | undefined;
  #leaving = false;
  #ended = false;

  constructor(options: ConsumerOptions) {
    const { contracts, clock } = options;
    const [contract] = contracts;
    this.#options = { ...options, contract };
    this.#instruments = bindInstruments(options.telemetry, contracts, options.topic);
    this.#report = reporter(options.log, contracts);
    this.#keyOf = laneKeys(contract.event.ordering);
    const incident = (code: IncidentCode, message: string, entry?: Entry, cause?: unknown) =>
      this.#incident(code, message, entry, cause);
    const crowded = (share: Share) => this.#backpressure.crowded(share);
    const fenced = (share: Share, error: unknown) => this.#fencedByStore(share, error);
    const shares = () => this.#owned();
    const common = { ...this.#options, instruments: this.#instruments, keyOf: this.#keyOf, shares, incident };
    this.#parking = openParking(this.#options, {
      keyOf: this.#keyOf,
      dispatcher: () => this.#dispatcher,
      shares,
      crowded,
      changed: (share) => this.#backpressure.shrunk(share),
      fenced,
      discarded: () => this.#instruments.discarded.add(1),
      incident: (code, message, cause) => incident(code, message, undefined, cause),
      mismatch: (share, why) => {
        this.#dispatcher.abandon(share);
        this.#standStill(share, 'line-mismatch', why);
      },
    });
    const lanes = this.#parking ?? new Unparked({ crowded, say: incident });
    this.#backpressure = new Backpressure(contract.backpressure, {
      pause: (share) => {
        this.#membership.consumer?.pause([this.#ref(share)]);
        lanes.overflow(share);
      },
      resume: (share) => this.#membership.consumer?.resume([this.#ref(share)]),
    });
    this.#membership = new Membership({ ...this.#options, listener: () => this.#listener(), lost: () => this.#lost() });
    this.#pace = new Pace({
      ...common,
      pump: () => this.#dispatcher.pump(),
      stopped: (code, message) => {
        this.#incident(code, message);
        this.#backpressure.narrow(this.#owned());
      },
      resumed: () => this.#backpressure.widen(this.#owned()),
    });
    this.#committer = new Committer({
      ...common,
      metadata: options.broker.features.commitMetadata,
      // A record that waits for its commit waits for nothing else.
      everyMs: contract.delivery === 'at-most-once' ? 1 : options.timing.commitEveryMs,
      everyRecords: options.timing.commitEveryRecords,
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
        this.#vitals.sample();
      },
      took: (ms) => this.#instruments.commitSeconds.record(ms / 1000),
    });
    this.#losses = new Losses({
      ...common,
      ledger: options.lossLedger,
      passed: (share) => this.#passed(share),
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
      ...common,
      consumer: contract,
      ratio: new RetryRatio(contract.retry?.ratio ?? 1),
      redact: compileRedaction(...contracts.map(({ event }) => event.classification)),
      lanes,
      mark: ({ share, offset, deaths = 0 }) => this.#committer.mark(share, { offset, deaths, isRunning: true }, markMs),
      unmark: ({ share, offset }) => this.#committer.unmark(share, offset, markMs),
      remembers: options.broker.features.commitMetadata && contract.delivery !== 'at-most-once',
      pace: this.#pace,
      wedgedAfterMs: options.timing.rebalanceTimeoutMs,
      wedged: (entry) => this.#wedged(entry),
      passed: (entry) => {
        this.#commitFirst?.ended(entry);
        this.#committer.forget(entry.share, entry.offset);
        this.#passed(entry.share);
        this.#evidence.passed(entry);
      },
      buried: () => this.#vitals.buried(),
      outdated: shedder === undefined ? undefined : (entry) => shedder.outdated(entry),
      started: (entry) => this.#backpressure.shrunk(entry.share),
      fenced,
    });
    if (contract.delivery === 'at-most-once') {
      this.#commitFirst = new CommitFirst({
        contract,
        partitions: options.partitions,
        dispatcher: this.#dispatcher,
        keyOf: this.#keyOf,
        commit: () => this.#committer.wake(),
        lost: this.#instruments.lostAttempts,
      });
    }
    this.#takeOver = new TakeOver({
      ...this.#options,
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
    this.#evidence = new OrderEvidence(common);
    this.#arrivals = new Arrivals({
      ...common,
      dispatcher: this.#dispatcher,
      evidence: this.#evidence,
      parking: this.#parking,
      shedder,
      commitFirst: this.#commitFirst,
    });
    this.#vitals = new Vitals({
      ...common,
      dispatcher: this.#dispatcher,
      backpressure: this.#backpressure,
      evidence: this.#evidence,
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
    if (this.#assignment === undefined) return this.stuck ?? 'not joined';
    return troubleOf(this.#owned()) ?? this.#pace.trouble;
  }

  /** Why only a restart of the process helps; `undefined` while it does its work, or will by itself. */
  get stuck(): string | undefined {
    if (this.#ended) return undefined;
    if (this.#dispatcher.wedges.size > 0) return 'a handler is wedged';
    return this.#vitals.stopped ? 'its clock has stopped' : undefined;
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
    this.#membership.end();
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
    this.#membership.end();
    this.#vitals.stop();
    this.#committer.close();
    this.#dispatcher.close();
    this.#letGo();
  }

  #listener(): ConsumerListener {
    return {
      assigned: (assignment) => this.#assigned(assignment),
      revoking: () => this.#revoking(),
      lost: () => this.#lost(),
      records: ({ partition }, records, logEnd, next) => this.#records(partition, records, logEnd, next),
      offsetLost: ({ partition }, position) => this.#offsetLost(partition, position),
      failed: (error, fatal) => this.#failed(error, fatal),
      recovered: () => {
        this.#membership.trouble = undefined;
      },
    };
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
    this.#arrivals.add(share, records);
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
    const assignment = this.#assignment;
    const until = clock.monotonic() + budgetMs;
    this.#dispatcher.drain();
    for (const share of this.#owned()) {
      share.leaving = true;
      share.untold = true;
    }
    const quiet = (this.#commitFirst?.drain() ?? this.#dispatcher.quiet()).then(() => true);
    const drained = await within(clock, budgetMs * drainShare, quiet);
    const left = Math.max(0, until - clock.monotonic()) * 0.8;
    // With at-most-once everything was committed before it ran; what is not is left to the next owner.
    if (this.#commitFirst !== undefined && this.#assignment === assignment) this.#claimNothing();
    const committed = this.#commitFirst !== undefined || (await within(clock, left, this.#committer.settle(left)));
    if (drained !== true || committed !== true) {
      const what = drained === true ? 'the last commit was not acknowledged' : 'a handler was still running';
      this.#incident(
        'drain-incomplete',
        `${what} when the time of the drain was over; its records are ${this.#commitFirst === undefined ? 'repeated' : 'lost'}`,
      );
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

  #failed(error: Error, fatal: boolean): void {
    if (this.#ended) return;
    this.#membership.trouble = error;
    const next = fatal ? 'the consumer is opened anew' : 'it is tried again';
    this.#incident('broker-lost', `${error.message}; ${next}`, undefined, error);
    if (fatal) this.#membership.joinAnew();
  }

  /** With at-most-once: an unanswered commit must not arrive under an assignment that goes on. */
  async #doubt(): Promise<void> {
    this.#claimNothing();
    await this.#giveWay();
  }

  #claimNothing(): void {
    this.#commitFirst?.doubt();
    this.#committer.close();
  }

  async #wedged(entry: Entry): Promise<void> {
    const still = `the handler still runs ${duration(this.#options.timing.rebalanceTimeoutMs)} after its time-out`;
    const next = entry.share.live ? '; the member leaves its group and joins again when it has ended' : '';
    this.#incident('handler-wedged', still + next, entry);
    if (!entry.share.live || this.#leaving) return;
    await this.#giveWay(this.#dispatcher.wedges.free());
  }

  /** Lets others take the partitions, and joins again when `ready` resolves. */
  async #giveWay(ready?: Promise<void>): Promise<void> {
    // A rebalance may come in between, and what then runs anew is drained as well.
    for (let drained: Assignment | undefined; drained !== this.#assignment; ) {
      drained = this.#assignment;
      await this.#drain(this.#options.timing.rebalanceTimeoutMs);
    }
    await this.#membership.joinAnew(ready);
  }

  *#owned(): Iterable<Share> {
    for (const share of this.#shares) if (share !== undefined) yield share;
  }

  #ref(share: Share) {
    return { topic: this.#options.topic, partition: share.partition };
  }

  #incident(code: IncidentCode, message: string, entry?: Entry, cause?: unknown): void {
    const { partition, offset } = entry?.record ?? {};
    this.#report(code, message, { type: entry?.type, partition, offset, cause });
  }
}
