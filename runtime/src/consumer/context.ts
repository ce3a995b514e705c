/** What a handler gets beside the event. Everything that costs something is made when it is first asked for. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { Delivery } from '../contract.ts';
import { headerNames, headerText, sampledRateOf } from '../envelope/headers.ts';

export interface HandlerContext {
  /** 1 for the first attempt. Counts within one process: a crash starts again. */
  readonly attempt: number;
  /** The id that every event of one chain of causes shares; the event's own id when its producer gave none. */
  readonly correlationId: string;
  /**
   * How many events this one stands for, itself included: the rates of every `sample` policy on its way, this consumer's
   * too, multiplied. 1 when nothing was sampled. Hand it to `send` with events that follow from this one.
   */
  readonly sampledRate: number;
  /** Aborted when the attempt's time is over or its partition was taken away. */
  readonly signal: AbortSignal;
  readonly key: string | null;
  readonly partition: number;
  readonly offset: bigint;
  /** Of the record, milliseconds since 1970. */
  readonly timestamp: number;
  /** As text; of a repeated name the last value. */
  readonly headers: ReadonlyMap<string, string>;
}

export type ContextOf<D extends Delivery, Tx> = [D] extends ['effectively-once']
  ? HandlerContext & {
      /** The transaction in which the record's key is remembered: effects made through it happen once. */
      readonly tx: Tx;
    }
  : HandlerContext;

/** Resolving (or returning) says that the record is handled; throwing, that this attempt failed. */
export type Handler<Event, D extends Delivery, Tx> = (
  event: Event,
  context: ContextOf<D, Tx>,
) => Promise<unknown> | unknown;

const decoder = new TextDecoder();

export class AttemptContext implements HandlerContext {
  readonly #record: BrokerRecord;
  readonly attempt: number;
  readonly #keepOneIn: number;
  tx: unknown = undefined;
  #controller: AbortController | undefined = undefined;
  #headers: ReadonlyMap<string, string> | undefined = undefined;
  #aborted: unknown = undefined;

  /** `keepOneIn`: of the consumer's own `sample` policy; 1 without one. */
  constructor(record: BrokerRecord, attempt: number, keepOneIn: number) {
    this.#record = record;
    this.attempt = attempt;
    this.#keepOneIn = keepOneIn;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  abort(reason: Error): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }

  get correlationId(): string {
    const headers = this.#record.headers;
    return headerText(headers, headerNames.correlationId) ?? headerText(headers, headerNames.id) ?? this.#position();
  }

  get sampledRate(): number {
    return sampledRateOf(this.#record.headers) * this.#keepOneIn;
  }

  get key(): string | null {
    return this.#record.key === null ? null : decoder.decode(this.#record.key);
  }

  get partition(): number {
    return this.#record.partition;
  }

  get offset(): bigint {
    return this.#record.offset;
  }

  get timestamp(): number {
    return this.#record.timestamp;
  }

  get headers(): ReadonlyMap<string, string> {
    this.#headers ??= new Map(this.#record.headers.map(([name, value]) => [name, decoder.decode(value)]));
    return this.#headers;
  }

  // A record that was published past every producer of ours has no id; its place in the log is one.
  #position(): string {
    return `${this.#record.topic}/${this.#record.partition}/${this.#record.offset}`;
  }
}
