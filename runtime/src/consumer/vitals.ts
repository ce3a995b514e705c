/** The gauges of a consumer: taken after commits and every second, never per record. */
import type { Broker } from '../broker/broker.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { Backpressure } from './backpressure.ts';
import { Demand, defaultCatchUpMs } from './demand.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Share } from './entry.ts';
import type { Instruments } from './instruments.ts';
import type { OrderEvidence } from './order-evidence.ts';

export interface VitalsOptions {
  readonly broker: Broker;
  readonly contract: ConsumerContract;
  /** Of the events. */
  readonly topic: string;
  readonly instruments: Instruments;
  readonly dispatcher: Dispatcher;
  readonly backpressure: Backpressure;
  readonly evidence: OrderEvidence;
  readonly clock: Clock;
  shares(): Iterable<Share>;
}

const sampleEveryMs = 1000;
const lookEveryTicks = 30;
/** A tick that is so late does not come any more, or the event loop is blocked. */
const stoppedAfterMs = 30_000;

export class Vitals {
  readonly #options: VitalsOptions;
  /** With `scale`. */
  readonly #demand: Demand | undefined;
  #cancel: CancelTimer | undefined;
  #ticks = 0;
  #tickedAt = 0;
  /** Unix time in seconds; 0: none. */
  #oldestDeadLetter = 0;

  constructor(options: VitalsOptions) {
    this.#options = options;
    const { instruments, contract } = options;
    const catchUpMs = contract.lag?.maxAgeMs ?? defaultCatchUpMs;
    const admin = options.broker.admin();
    this.#demand =
      instruments.demand === undefined
        ? undefined
        : new Demand({ ...options, ...instruments.demand, admin, catchUpMs });
  }

  // A stuck consumer commits nothing, and that is when its lag must go on growing in the gauges. The tick is also what
  // keeps a process alive that does nothing but consume.
  start(): void {
    this.#tickLater();
    this.#demand?.start();
  }

  /** The tick does not come any more. */
  get stopped(): boolean {
    return this.#options.clock.monotonic() - this.#tickedAt > stoppedAfterMs;
  }

  stop(): void {
    this.#cancel?.();
    this.#demand?.stop();
  }

  #tickLater(): void {
    this.#tickedAt = this.#options.clock.monotonic();
    const tick = () => {
      this.#ticks += 1;
      this.sample();
      this.#options.evidence.sample();
      if (this.#ticks % lookEveryTicks === 0) this.#lookForDeadLetters();
      this.#tickLater();
    };
    this.#cancel = this.#options.clock.timer(sampleEveryMs, tick, 'hold');
  }

  sample(): void {
    const { instruments, dispatcher, backpressure, clock } = this.#options;
    const now = clock.now();
    instruments.inFlight.set(dispatcher.inFlight);
    instruments.waiting.set(dispatcher.waiting);
    instruments.wedgedHandlers.set(dispatcher.wedges.size);
    instruments.pausedPartitions.set(backpressure.paused);
    let stopped = 0;
    let overflow = 0;
    for (const share of this.#options.shares()) {
      if (share.stopped) stopped += 1;
      overflow += share.overflow;
      if (!share.open) continue;
      const lag = instruments.lag(share.partition);
      const { frontier, oldest } = share.ledger;
      const behind = Number((share.logEnd ?? frontier) - (share.committed ?? frontier));
      lag.records.set(Math.max(0, behind));
      lag.seconds.set(oldest === undefined ? 0 : Math.max(0, (now - oldest.record.timestamp) / 1000));
    }
    instruments.stoppedPartitions.set(stopped);
    instruments.commitOverflow.set(overflow);
    this.#sampleLine(now);
  }

  #sampleLine(now: number): void {
    const { instruments } = this.#options;
    let rows = 0;
    let dead = 0;
    let oldest = now;
    for (const { line } of this.#options.shares()) {
      if (line === undefined) continue;
      rows += line.rows;
      dead += line.dead.size;
      oldest = Math.min(oldest, line.oldest ?? now);
    }
    instruments.parkedWaiting.set(rows - dead);
    instruments.parkedDead.set(dead);
    instruments.oldestParked.set((now - oldest) / 1000);
  }

  /** The partition is not ours: its lag is its owner's to tell. */
  forget(partition: number): void {
    const lag = this.#options.instruments.lag(partition);
    lag.records.set(0);
    lag.seconds.set(0);
  }

  /** Known from this process' own dead letters; forgotten when the topic is empty again. */
  buried(): void {
    if (this.#oldestDeadLetter !== 0) return;
    this.#oldestDeadLetter = this.#options.clock.now() / 1000;
    this.#options.instruments.oldestDeadLetter.set(this.#oldestDeadLetter);
  }

  async #lookForDeadLetters(): Promise<void> {
    const { broker, contract, instruments } = this.#options;
    const letters = contract.deadLetter?.topic;
    if (letters === undefined || this.#oldestDeadLetter === 0) return;
    try {
      const bounds = await broker.admin().offsets(letters);
      if (bounds.some(({ start, end }) => start < end)) return;
      this.#oldestDeadLetter = 0;
      instruments.oldestDeadLetter.set(0);
    } catch {
      // The next look asks again; until then the gauge says what was known.
    }
  }
}
