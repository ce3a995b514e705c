/**
 * What an autoscaler needs (`scale`): how many handlers at once this member's partitions keep busy when nothing may pile
 * up. By Little's law that is records per second times seconds of handlers per record, retries included; records per
 * second are those that arrive, and the lag spread over the time in which it should be gone. The sum over the members,
 * divided by the contract's `concurrency`, is the number of members that are wanted.
 */
import type { BrokerAdmin } from '../broker/broker.ts';
import type { CancelTimer, Clock } from '../clock.ts';
import type { Counter, Gauge, Histogram } from '../telemetry/telemetry.ts';
import type { Share } from './entry.ts';

/** Work of handlers since somebody last took it. */
export class Workload {
  #seconds = 0;
  #handled = 0;

  /** The same instruments, read along. */
  watch(seconds: Histogram, handled: Counter): { readonly seconds: Histogram; readonly handled: Counter } {
    return {
      seconds: {
        record: (value) => {
          this.#seconds += value;
          seconds.record(value);
        },
      },
      handled: {
        add: (count) => {
          this.#handled += count;
          handled.add(count);
        },
      },
    };
  }

  /** Seconds of handlers per record that was handled; `undefined` when none was. */
  take(): number | undefined {
    const perRecord = this.#handled === 0 ? undefined : this.#seconds / this.#handled;
    this.#seconds = 0;
    this.#handled = 0;
    return perRecord;
  }
}

export interface DemandOptions {
  readonly topic: string;
  readonly admin: BrokerAdmin;
  readonly workload: Workload;
  readonly wanted: Gauge;
  /** In which a lag should be gone, milliseconds. */
  readonly catchUpMs: number;
  readonly clock: Clock;
  shares(): Iterable<Share>;
}

/** A lag should be gone within this time where the contract promises no other (`lag.maxAge`). */
export const defaultCatchUpMs = 60_000;

const measureEveryMs = 10_000;

export class Demand {
  readonly #options: DemandOptions;
  #cancel: CancelTimer | undefined;
  #secondsPerRecord: number | undefined;
  /** By partition, of those that were ours at the last look. */
  #ends: ReadonlyMap<number, bigint> = new Map();
  #measuredAt = 0;

  constructor(options: DemandOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.clock.timer(measureEveryMs, () => {
      this.start();
      this.#measure();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#options.wanted.set(0);
  }

  // A partition that is paused is not fetched, so what arrives there is asked of the broker.
  async #measure(): Promise<void> {
    const { admin, topic, shares, clock, workload, wanted, catchUpMs } = this.#options;
    const bounds = await admin.offsets(topic).catch(() => undefined);
    if (bounds === undefined) return;
    const now = clock.monotonic();
    const ends = new Map<number, bigint>();
    let arrived = 0n;
    let lag = 0n;
    for (const share of shares()) {
      const end = bounds.find(({ partition }) => partition === share.partition)?.end;
      if (!share.open || end === undefined) continue;
      ends.set(share.partition, end);
      arrived += end - (this.#ends.get(share.partition) ?? end);
      lag += end - share.ledger.frontier;
    }
    const perSecond = (Number(arrived) * 1000) / (now - this.#measuredAt) + (Number(lag) * 1000) / catchUpMs;
    this.#ends = ends;
    this.#measuredAt = now;
    this.#secondsPerRecord = workload.take() ?? this.#secondsPerRecord;
    if (this.#secondsPerRecord !== undefined) wanted.set(Math.max(0, perSecond * this.#secondsPerRecord));
  }
}
