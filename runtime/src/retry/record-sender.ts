/**
 * Coalesces records into few calls of the broker: what is sent in one tick, or while a call is under way, goes out
 * together in the next one. One call at a time, so that records keep their order per key also when one is repeated.
 */

import { BrokerError, type BrokerProducer, type OutgoingRecord } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import { type Backoff, backoffMs } from './backoff.ts';

export interface RecordSenderOptions {
  readonly acks: 'all' | 'leader' | 'none';
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  /** How long a call is repeated while the broker is away, milliseconds; 0: the caller repeats; Infinity: until `giveUp`. */
  readonly repeatForMs: number;
}

/** Records of one call; more wait for the next one. */
const largestCall = 5000;

interface Waiting {
  readonly record: OutgoingRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class RecordSender {
  readonly #producer: BrokerProducer;
  readonly #options: RecordSenderOptions;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;
  #halted = false;
  #patient = true;
  #away = false;
  #wake: () => void = () => undefined;

  constructor(producer: BrokerProducer, options: RecordSenderOptions) {
    this.#producer = producer;
    this.#options = options;
  }

  /** A call is being repeated: the broker does not answer. */
  get away(): boolean {
    return this.#away;
  }

  /** Resolves after the acknowledgement; rejects with BrokerError, then the record may have been written. */
  send(record: OutgoingRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#sending ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  /** From now on a call that fails is not repeated. */
  giveUp(): void {
    this.#patient = false;
    this.#wake();
  }

  /** Nothing is sent from now on, and nothing is answered: as if the process had been killed. */
  halt(): void {
    this.#halted = true;
    this.#waiting = [];
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const call = this.#waiting.length > largestCall ? this.#waiting.splice(0, largestCall) : this.#waiting;
      if (call === this.#waiting) this.#waiting = [];
      await this.#call(call);
    }
    this.#sending = undefined;
  }

  async #call(call: readonly Waiting[]): Promise<void> {
    const { acks, clock, random, backoff, repeatForMs } = this.#options;
    const records = call.map((waiting) => waiting.record);
    const until = clock.monotonic() + repeatForMs;
    for (let repeat = 1; !this.#halted; repeat++) {
      try {
        await this.#producer.send(records, acks);
        this.#away = false;
        for (const waiting of call) waiting.resolve();
        return;
      } catch (error) {
        const pause = backoffMs(backoff, repeat, random);
        const retryable = error instanceof BrokerError && error.retryable && this.#patient;
        const again = retryable && clock.monotonic() + pause < until;
        this.#away = again;
        if (!again) {
          for (const waiting of call) waiting.reject(error);
          return;
        }
        await this.#pause(pause);
      }
    }
  }

  // Somebody waits for the answer: the process must not end before it is there.
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.timer(ms, resolve, 'hold');
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
