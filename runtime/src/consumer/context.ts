/** What a handler gets beside the event. Everything that costs something is made when it is first asked for. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { ConsumerContract, Delivery, Unit } from '../contract.ts';
import { headerNames, headerText, sampledRateOf } from '../envelope/headers.ts';

/** What is known of an event beside its payload. */
export interface EventContext {
  /** 1 for the first attempt. Counts within one process: a crash starts again. */
  readonly attempt: number;
  /** The id that every event of one chain of causes shares; the event's own id when its producer gave none. */
  readonly correlationId: string;
  /**
   * How many events this one stands for, itself included: the rates of every `sample` policy on its way, this consumer's
   * too, multiplied. 1 when nothing was sampled. Hand it to `send` with events that follow from this one.
   */
  readonly sampledRate: number;
  readonly key: string | null;
  readonly partition: number;
  readonly offset: bigint;
  /** Of the record, milliseconds since 1970. */
  readonly timestamp: number;
  /** As text; of a repeated name the last value. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface HandlerContext extends EventContext {
  /** Aborted when the attempt's time is over or its partition was taken away. */
  readonly signal: AbortSignal;
}

/** Of a consumer with `batch`. */
export interface BatchContext {
  /** Of each event, at the index of the event. */
  readonly events: readonly EventContext[];
  /** Of all of them. */
  readonly partition: number;
  /** Aborted when the batch's time is over or its partition was taken away. */
  readonly signal: AbortSignal;
}

export type ContextOf<D extends Delivery, Tx, U extends Unit = 'event'> = (U extends 'batch'
  ? BatchContext
  : HandlerContext) &
  ([D] extends ['effectively-once']
    ? {
        /** The transaction in which the keys of what is handled are remembered: effects made through it happen once. */
        readonly tx: Tx;
      }
    : unknown);

/** Resolving (or returning) says that the record is handled; throwing, that this attempt failed. */
export type EventHandler<Event, D extends Delivery, Tx> = (
  event: Event,
  context: ContextOf<D, Tx>,
) => Promise<unknown> | unknown;

/**
 * Gets up to `batch.size` events of one partition, those of one key in their order. Resolving (or returning) says that
 * all are handled; a `BatchError`, which of them are not. Any other error says nothing about any of them: each is then
 * handled again in a batch of its own.
 */
export type BatchHandler<Event, D extends Delivery, Tx> = (
  events: readonly Event[],
  context: ContextOf<D, Tx, 'batch'>,
) => Promise<unknown> | unknown;

export type Handler<Event, D extends Delivery, Tx, U extends Unit = 'event'> = U extends 'batch'
  ? BatchHandler<Event, D, Tx>
  : EventHandler<Event, D, Tx>;

/** Of so many events the consumer's own policy keeps one. */
export function keptOf({ backpressure: { policy, keepOneIn = 1 } }: ConsumerContract): number {
  return policy === 'sample' ? keepOneIn : 1;
}

const decoder = new TextDecoder();

/** One run of a handler, as it is ended from outside. */
export class Run {
  /** Set before the handler starts, where the contract's delivery gives it one. */
  tx: unknown = undefined;
  #controller: AbortController | undefined = undefined;
  #aborted: unknown = undefined;

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
}

export class BatchRun extends Run implements BatchContext {
  readonly events: readonly EventContext[];
  readonly partition: number;

  constructor(events: readonly EventContext[], partition: number) {
    super();
    this.events = events;
    this.partition = partition;
  }
}

export class AttemptContext extends Run implements HandlerContext {
  readonly #record: BrokerRecord;
  readonly attempt: number;
  readonly #keepOneIn: number;
  #headers: ReadonlyMap<string, string> | undefined = undefined;

  /** `keepOneIn`: of the consumer's own `sample` policy; 1 without one. */
  constructor(record: BrokerRecord, attempt: number, keepOneIn: number) {
    super();
    this.#record = record;
    this.attempt = attempt;
    this.#keepOneIn = keepOneIn;
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
