/**
 * One consumer of one contract in one process: joins the group, takes partitions over, feeds the dispatcher, commits,
 * lets go. Assignments, records and losses come from the adapter; nothing here blocks them.
 */
import { type Assignment, type Broker, type BrokerConsumer, BrokerError, type BrokerRecord } from '../broker/broker.ts';
import { type Clock, sleep, within } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { DeadLetters } from '../dead-letter/dead-letters.ts';
import { compileRedaction } from '../dead-letter/redact.ts';
import type { IncidentCode, Log } from '../incident.ts';
import { backoffMs, outageBackoff } from '../retry/backoff.ts';
import { RetryRatio } from '../retry/retry-ratio.ts';
import type { Store } from '../store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Attempts } from './attempts.ts';
import { Backpressure } from './backpressure.ts';
import { Committer } from './committer.ts';
import { Dispatcher } from './dispatcher.ts';
import { Entry, Share } from './entry.ts';
import { raiseEpochs } from './epochs.ts';
import { bindInstruments, type Instruments } from './instruments.ts';
import { laneKeys } from './lane-keys.ts';
import { Lanes } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { openParking } from './open-parking.ts';
import type { Parking } from './parking.ts';
import { type Position, readPositions } from './take-over.ts';
import { Unparked } from './unparked.ts';
import { Vitals } from './vitals.ts';

export interface ConsumerOptions {
  readonly contract: ConsumerContract;
  /** Under the environment of the runtime. */
  readonly topic: string;
  readonly clientId: string;
  readonly broker: Broker;
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetters | undefined;
  /** Its epochs fence this consumer's partitions. */
  readonly store: Store | undefined;
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
  /** How often what is dead in the line is looked after. Default: 1 s. */
  readonly watchEveryMs: number;
}

/** The part of a rebalance's time that handlers get to end; the rest is for the last commit. */
const drainShare = 0.7;

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #instruments: Instruments;
  readonly #dispatcher: Dispatcher;
  readonly #committer: Committer;
  readonly #backpressure: Backpressure;
  readonly #vitals: Vitals;
  readonly #parking: Parking | undefined;
  readonly #lanes: (Lanes<Entry> | undefined)[] = [];
  readonly #keyOf: (record: BrokerRecord) => string | undefined;
  /** By partition. */
  #shares: (Share | undefined)[] = [];
  #consumer: BrokerConsumer | undefined;
  #assignment: Assignment | undefined;
  #leaving = false;
  #ended = false;
  /** Its adapter said so; it is opened anew. */
  #givenUp: BrokerConsumer | undefined;
  #troubled: Error | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const { contract, clock, random } = options;
    this.#instruments = bindInstruments(options.telemetry, contract, options.topic);
    this.#keyOf = laneKeys(contract.event.ordering);
    this.#parking = this.#openParking();
    const lanes = this.#parking ?? new Unparked((code, message, entry) => this.#incident(code, message, entry));
    this.#backpressure = new Backpressure(contract.backpressure.maxWaiting, {
      pause: (share) => {
        this.#consumer?.pause([this.#ref(share)]);
        lanes.overflow(share);
      },
      resume: (share) => this.#consumer?.resume([this.#ref(share)]),
    });
    this.#committer = new Committer({
      topic: options.topic,
      clock,
      everyMs: options.timing.commitEveryMs,
      everyRecords: options.timing.commitEveryRecords,
      shares: () => this.#owned(),
      consumer: () => this.#consumer,
      fenced: (error) => this.#fencedByBroker(error),
      failed: (error) => {
        this.#instruments.commitFailures.add(1);
        this.#incident('commit-unknown', 'a commit was not answered; it is read back', undefined, error);
      },
      committed: () => this.#vitals.sample(),
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
      lanes,
      passed: ({ share }) => {
        this.#committer.note();
        this.#backpressure.shrunk(share);
      },
      buried: () => this.#vitals.buried(),
      started: (entry) => this.#backpressure.shrunk(entry.share),
      fenced: (share, error) => this.#fencedByStore(share, error),
      incident: (code, message, entry, cause) => this.#incident(code, message, entry, cause),
    });
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

  #openParking(): Parking | undefined {
    const { store, timing } = this.#options;
    if (store?.line === undefined) return undefined;
    return openParking({
      ...this.#options,
      line: store.line,
      group: this.#options.contract.group,
      watchEveryMs: timing.watchEveryMs,
      keyOf: this.#keyOf,
      dispatcher: () => this.#dispatcher,
      shares: () => this.#owned(),
      fenced: (share, error) => this.#fencedByStore(share, error),
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
    await this.#join();
  }

  /** Why the consumer cannot do its work now; `undefined` while it can. */
  get trouble(): string | undefined {
    if (this.#ended) return 'stopped';
    if (this.#troubled !== undefined) return this.#troubled.message;
    if (this.#assignment === undefined) return 'not joined';
    const stopped = this.#partitions((share) => share.stopped);
    if (stopped !== '') return `partitions ${stopped} stand still`;
    const pending = this.#partitions((share) => !share.open);
    return pending === '' ? undefined : `partitions ${pending} are being taken over`;
  }

  /** Whether every record below that offset is passed; false while the partition is not ours. */
  hasPassed(partition: number, end: bigint): boolean {
    const share = this.#shares[partition];
    return share?.open === true && share.live && share.ledger.frontier >= end;
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
    await this.#consumer?.stop();
  }

  /** For tests: ends as a kill would. Nothing is started, committed or said any more. */
  halt(): void {
    this.#ended = true;
    this.#vitals.stop();
    this.#committer.close();
    this.#dispatcher.close();
    this.#letGo();
  }

  async #join(): Promise<void> {
    const { broker, contract, topic, clientId, timing } = this.#options;
    const listener = {
      assigned: (assignment: Assignment) => this.#assigned(assignment),
      revoking: () => this.#revoking(),
      lost: () => this.#lost(),
      records: (ref: { readonly partition: number }, records: readonly BrokerRecord[], logEnd: bigint, next?: bigint) =>
        this.#records(ref.partition, records, logEnd, next),
      offsetLost: (partition: { readonly partition: number }, position: bigint) =>
        this.#offsetLost(partition.partition, position),
      failed: (error: Error, fatal: boolean) => this.#failed(error, fatal),
      recovered: () => {
        this.#troubled = undefined;
      },
    };
    const consumer = broker.consumer(
      {
        group: contract.group,
        topics: [topic],
        clientId,
        sessionTimeoutMs: timing.sessionTimeoutMs,
        rebalanceTimeoutMs: timing.rebalanceTimeoutMs,
      },
      listener,
    );
    this.#consumer = consumer;
    await consumer.start();
  }

  #assigned(assignment: Assignment): void {
    if (this.#leaving || this.#ended) return;
    this.#letGo();
    this.#assignment = assignment;
    this.#troubled = undefined;
    this.#instruments.rebalances.add(1);
    this.#instruments.up.set(1);
    for (const { partition } of assignment.partitions) this.#shares[partition] = this.#share(partition, assignment);
    this.#backpressure.divide(assignment.partitions.length);
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
          store: this.#options.store,
          group: contract.group,
          topic,
          confirm: () => consumer.confirm(),
          incident: (code, message, cause) => this.#incident(code, message, undefined, cause),
        });
        const positions = await readPositions(consumer, broker.admin(), {
          topic,
          partitions: raised.map((share) => share.partition),
          startFrom: contract.startFrom,
          onOffsetLost: contract.onOffsetLost,
          metadata: broker.features.commitMetadata,
        });
        await Promise.all(raised.map((share) => this.#decide(share, positions.get(share.partition))));
        if (raised.length === left.length) return;
      } catch (error) {
        const message = 'taking over partitions failed; it is repeated';
        const ours = left.some((share) => share.live);
        if (repeat === 1 && ours) this.#incident('broker-lost', message, undefined, error);
      }
      await sleep(clock, Math.max(50, backoffMs(outageBackoff, repeat, random)));
    }
  }

  async #decide(share: Share, position: Position | undefined): Promise<void> {
    if (position === undefined || !share.live) return;
    if ('lost' in position) {
      this.#standStill(share, position.foreign ? 'foreign-offset' : 'offset-lost', position.lost);
      return;
    }
    await this.#parking?.read(share, position.start);
    if (share.live) this.#open(share, position.start, position.committed, position.logEnd);
  }

  #open(share: Share, start: bigint, committed: bigint | undefined, logEnd: bigint): void {
    share.ledger = new Ledger<Entry>(start);
    share.committed = committed;
    share.logEnd = logEnd;
    share.open = true;
    this.#consumer?.seek(this.#ref(share), start);
    this.#consumer?.resume([this.#ref(share)]);
    // A group that never committed gets its first position written down: a later `latest` would skip what came since.
    if (committed !== start) this.#committer.wake();
    this.#parking?.opened(share);
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
      const key = this.#keyOf(record);
      if (this.#parking?.takes(entry, key) !== true) this.#dispatcher.add(entry, key);
      if (!share.live) return;
    }
    if (next !== undefined) share.ledger.advance(next);
    this.#parking?.reached(share);
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
    const until = clock.monotonic() + budgetMs;
    this.#dispatcher.drain();
    const quiet = this.#dispatcher.quiet().then(() => true);
    const drained = await within(clock, budgetMs * drainShare, quiet);
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

  async #failed(error: Error, fatal: boolean): Promise<void> {
    if (this.#ended) return;
    this.#troubled = error;
    const next = fatal ? 'the consumer is opened anew' : 'it is tried again';
    this.#incident('broker-lost', `${error.message}; ${next}`, undefined, error);
    if (!fatal) return;
    const given = this.#consumer;
    if (given === this.#givenUp) return;
    this.#givenUp = given;
    this.#lost();
    const { clock, random } = this.#options;
    for (let repeat = 1; !this.#ended && this.#givenUp === given; repeat++) {
      await this.#consumer?.stop().catch(() => undefined);
      await sleep(clock, Math.max(500, backoffMs(outageBackoff, repeat, random)));
      try {
        if (!this.#ended) await this.#join();
        return;
      } catch (cause) {
        this.#troubled = cause instanceof Error ? cause : new BrokerError('unreachable', String(cause));
      }
    }
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
