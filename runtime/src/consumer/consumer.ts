/**
 * One consumer of one contract in one process: joins the group, takes partitions over, feeds the dispatcher, commits,
 * lets go. Assignments, records and losses come from the adapter; nothing here blocks them.
 */
import type { Assignment, Broker, BrokerConsumer, BrokerRecord, ConsumerListener } from '../broker/broker.ts';
import { type Clock, sleep, within } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { DeadLetters } from '../dead-letter/dead-letters.ts';
import { compileRedaction } from '../dead-letter/redact.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { IncidentCode, Log } from '../incident.ts';
import { duration } from '../quantity-text.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import { RetryRatio } from '../retry/retry-ratio.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { CommitFirst } from './at-most-once.ts';
import type { Attempts } from './attempts.ts';
import { Backpressure } from './backpressure.ts';
import { Committer } from './committer.ts';
import { Dispatcher } from './dispatcher.ts';
import { Entry, Share } from './entry.ts';
import { bindInstruments, type Instruments } from './instruments.ts';
import { laneKeys } from './lane-keys.ts';
import { Lanes } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { Membership } from './membership.ts';
import { Pace } from './pace/pace.ts';
import { raiseEpochs } from './raise-epochs.ts';
import { troubleOf } from './standing.ts';
import { readPositions } from './take-over.ts';
import { Vitals } from './vitals.ts';

export interface ConsumerOptions {
  readonly contract: ConsumerContract;
  /** Under the environment of the runtime. */
  readonly topic: string;
  /** Of the topic, all members' together. */
  readonly partitions: number;
  readonly clientId: string;
  readonly broker: Broker;
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetters | undefined;
  /** With effectively-once. */
  readonly inbox: Inbox | undefined;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: ConsumerTiming;
}

export interface ConsumerTiming {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly commitEveryMs: number;
  readonly commitEveryRecords: number;
}

/** The part of a rebalance's time that handlers get to end; the rest is for the last commit. */
const drainShare = 0.7;

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #instruments: Instruments;
  readonly #dispatcher: Dispatcher;
  readonly #committer: Committer;
  readonly #backpressure: Backpressure;
  readonly #pace: Pace;
  /** With at-most-once. */
  readonly #commitFirst: CommitFirst | undefined = undefined;
  readonly #vitals: Vitals;
  readonly #membership: Membership;
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
    this.#keyOf = laneKeys(contract.event.ordering);
    this.#backpressure = new Backpressure(contract.backpressure.maxWaiting, {
      pause: (share) => this.#consumer?.pause([this.#ref(share)]),
      resume: (share) => this.#consumer?.resume([this.#ref(share)]),
    });
    this.#membership = new Membership({ ...options, listener: () => this.#listener(), lost: () => this.#lost() });
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
    this.#committer = new Committer({
      topic: options.topic,
      clock,
      // A record that waits for its commit waits for nothing else.
      everyMs: contract.delivery === 'at-most-once' ? 1 : options.timing.commitEveryMs,
      everyRecords: options.timing.commitEveryRecords,
      shares: () => this.#owned(),
      consumer: () => this.#consumer,
      fenced: (error) => this.#fencedByBroker(error),
      failed: (error) => {
        this.#instruments.commitFailures.add(1);
        this.#incident('commit-unknown', 'a commit was not answered; it is read back', undefined, error);
        if (this.#commitFirst !== undefined) this.#doubt();
      },
      committed: () => {
        this.#commitFirst?.acknowledged();
        this.#vitals.sample();
      },
    });
    this.#dispatcher = new Dispatcher({
      consumer: contract,
      attempts: options.attempts,
      deadLetters: options.deadLetters,
      ratio: new RetryRatio(contract.retry?.ratio ?? 1),
      redact: compileRedaction(contract.event.classification),
      instruments: this.#instruments,
      clock,
      random,
      pace: this.#pace,
      wedgedAfterMs: options.timing.rebalanceTimeoutMs,
      wedged: (entry) => this.#wedged(entry),
      passed: (entry) => {
        this.#commitFirst?.ended(entry);
        this.#committer.note();
        this.#backpressure.shrunk(entry.share);
      },
      buried: () => this.#vitals.buried(),
      started: (entry) => this.#backpressure.shrunk(entry.share),
      fenced: (share, error) => this.#fencedByStore(share, error),
      incident: (code, message, entry, cause) => this.#incident(code, message, entry, cause),
    });
    if (contract.delivery === 'at-most-once') {
      this.#commitFirst = new CommitFirst({
        contract,
        partitions: options.partitions,
        dispatcher: this.#dispatcher,
        keyOf: this.#keyOf,
        commit: () => this.#committer.wake(),
        lost: this.#instruments.lost,
      });
    }
    this.#vitals = new Vitals({
      broker: options.broker,
      letters: contract.deadLetter?.topic,
      instruments: this.#instruments,
      dispatcher: this.#dispatcher,
      backpressure: this.#backpressure,
      clock,
      shares: () => this.#owned(),
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
    await this.#consumer?.stop();
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

  get #consumer(): BrokerConsumer | undefined {
    return this.#membership.consumer;
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
    this.#takeOver([...this.#owned()], assignment);
  }

  #share(partition: number, { generation }: Assignment): Share {
    const lanes = this.#lanes[partition] ?? new Lanes<Entry>();
    this.#lanes[partition] = lanes;
    return new Share(partition, generation, lanes);
  }

  /** Epochs, committed offsets, log bounds, seek, resume; repeated while the broker or the store is away. */
  async #takeOver(shares: readonly Share[], assignment: Assignment): Promise<void> {
    const { clock, random, broker, contract, topic } = this.#options;
    let left = shares;
    for (let repeat = 1; ; repeat++) {
      left = left.filter((share) => share.live && !share.open && !share.stopped);
      const consumer = this.#consumer;
      if (left.length === 0 || consumer === undefined) return;
      try {
        const raised = await raiseEpochs(left, assignment, {
          inbox: this.#options.inbox,
          group: contract.group,
          topic,
          confirm: () => consumer.confirm(),
          failed: (code, message, error) => this.#incident(code, message, undefined, error),
        });
        const positions = await readPositions(consumer, broker.admin(), {
          topic,
          partitions: raised.map((share) => share.partition),
          startFrom: contract.startFrom,
          onOffsetLost: contract.onOffsetLost,
          metadata: broker.features.commitMetadata,
        });
        for (const share of raised) {
          const position = positions.get(share.partition);
          if (position === undefined || !share.live) continue;
          if (!('lost' in position)) this.#open(share, position.start, position.committed, position.logEnd);
          else this.#standStill(share, position.foreign ? 'foreign-offset' : 'offset-lost', position.lost);
        }
        if (raised.length === left.length) return;
      } catch (error) {
        const message = 'taking over partitions failed; it is repeated';
        const ours = left.some((share) => share.live);
        if (repeat === 1 && ours) this.#incident('broker-lost', message, undefined, error);
      }
      await sleep(clock, Math.max(50, backoffMs(outageBackoff, repeat, random)));
    }
  }

  #open(share: Share, start: bigint, committed: bigint | undefined, logEnd: bigint): void {
    share.ledger = new Ledger<Entry>(start);
    // An offset that is not ours to go on from says nothing about what we have passed.
    share.committed = committed === start ? committed : undefined;
    share.logEnd = logEnd;
    share.open = true;
    this.#consumer?.seek(this.#ref(share), start);
    this.#consumer?.resume([this.#ref(share)]);
    // A group that never committed gets its first position written down: a later `latest` would skip what came since.
    if (committed !== start) this.#committer.wake();
    this.#vitals.sample();
  }

  #standStill(share: Share, code: IncidentCode, why: string): void {
    share.stopped = true;
    this.#consumer?.pause([this.#ref(share)]);
    const { partition } = share;
    this.#options.log.incident({
      code,
      ...this.#names(),
      partition,
      message: `${why}; the partition stands still until its offset is decided`,
    });
    this.#vitals.sample();
  }

  #records(partition: number, records: readonly BrokerRecord[], logEnd: bigint, next: bigint | undefined): void {
    const share = this.#shares[partition];
    if (share === undefined || !share.live || !share.open) return;
    share.logEnd = logEnd;
    this.#instruments.received.add(records.length);
    for (const record of records) {
      const entry = new Entry(record, share);
      if (!share.ledger.add(entry)) continue;
      if (this.#commitFirst === undefined) this.#dispatcher.add(entry, this.#keyOf(record));
      else this.#commitFirst.add(entry);
    }
    if (next !== undefined) share.ledger.advance(next);
    this.#dispatcher.pump();
    this.#backpressure.grown(share);
    this.#committer.wake();
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
    this.#options.log.incident({ code: 'fenced', ...this.#names(), partition, message, cause: error });
    this.#consumer?.pause([this.#ref(share)]);
    const again = this.#share(partition, assignment);
    again.contested = true;
    this.#shares[partition] = again;
    const { clock, timing } = this.#options;
    // The time in which the group tells a member that was thrown out.
    clock.timer(timing.sessionTimeoutMs / 10, () => this.#takeOver([again], assignment));
  }

  #offsetLost(partition: number, position: bigint): void {
    const share = this.#shares[partition];
    const assignment = this.#assignment;
    if (share === undefined || !share.live || assignment === undefined) return;
    if (this.#options.contract.onOffsetLost === 'fail') {
      this.#standStill(share, 'offset-lost', `offset ${position} does not exist (any more)`);
      return;
    }
    this.#dispatcher.abandon(share);
    const again = this.#share(partition, assignment);
    this.#shares[partition] = again;
    this.#takeOver([again], assignment);
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

  #names() {
    return { contract: this.#options.contract.event.name, consumer: this.#options.contract.name };
  }

  #incident(code: IncidentCode, message: string, entry?: Entry, cause?: unknown): void {
    const place = entry === undefined ? {} : { partition: entry.record.partition, offset: entry.record.offset };
    this.#options.log.incident({
      code,
      ...this.#names(),
      ...place,
      message,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
