/**
 * What generated code hands to the runtime: a contract as plain data, behind a symbol so that no consumer's name can
 * collide with it. Durations are milliseconds, sizes bytes, rates per second, shares fractions.
 */
import type { Validators } from './validation/validators.ts';

export const contract: unique symbol = Symbol.for('tenet.contract');

/** Type-level facts about an event; no value ever stands here. */
export declare const types: unique symbol;

export type Delivery = 'at-most-once' | 'at-least-once' | 'effectively-once';

/** What a handler is called with: one event, or a batch of them. */
export type Unit = 'event' | 'batch';

/**
 * `orderPlaced`: what `runtime.producer` takes. `Service` is the union of the services that the contract names as
 * producers, `Outbox` those of them that publish through the outbox. `Input` is what `send` takes: `Event`, but members
 * with a default may be left out. `Key` is what `tombstone` takes; `never` where the contract takes none.
 */
export interface EventDescriptor<
  Event = unknown,
  Service extends string = string,
  Outbox extends string = string,
  Input = Event,
  Key = never,
> {
  readonly [contract]: EventContract<Event>;
  readonly [types]?: {
    readonly event: Event;
    readonly service: Service;
    readonly outbox: Outbox;
    readonly input: Input;
    readonly key: Key;
  };
}

/** Type-level only: no value carries it. */
declare const brand: unique symbol;

/** A scalar that is told apart from others of its type (`x-tenet-brand`); made by `value as OrderId`. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** `T` with plain scalars in the place of branded ones, as a test writes them. */
export type Unbranded<T> = T extends { readonly [brand]: string }
  ? T extends string
    ? string
    : T extends number
      ? number
      : boolean
  : T extends object
    ? { readonly [K in keyof T]: Unbranded<T[K]> }
    : T;

/** `orderPlaced.fulfillment`: what `runtime.consume` takes. */
export interface ConsumerDescriptor<Event = unknown, D extends Delivery = Delivery, U extends Unit = 'event'> {
  readonly [contract]: ConsumerContract<Event>;
  readonly [types]?: { readonly event: Event; readonly delivery: D; readonly unit: U };
}

export interface EventContract<Event = unknown> {
  /** `orders.order-placed` */
  readonly name: string;
  readonly version: string;
  readonly owner: string;
  /** File of the contract, for messages. */
  readonly source: string;
  readonly topic: TopicSettings;
  /** The topic under each environment's overlay. */
  readonly environments: Readonly<Record<string, TopicSettings>>;
  /** Names of the other events that travel in its topic, if any: together they are a stream. */
  readonly stream?: readonly string[];
  readonly encoding: 'json' | 'avro';
  readonly tombstones: 'refuse' | 'allow';
  readonly ordering: 'per-key' | 'none' | 'global';
  readonly key?: KeyDefinition;
  readonly attributes: { readonly id?: string; readonly time?: string; readonly sequence?: string };
  /** Pointer → kind; such values never reach a log, an error message or a metric. */
  readonly classification: Readonly<Record<string, 'personal' | 'secret'>>;
  readonly producers: Readonly<Record<string, ProducerPromises>>;
  readonly validators: Validators<Event>;
  /** `path:line` of every field of the contract that is written, by pointer into the contract: `/consumers/audit/batch`. */
  readonly written: Readonly<Record<string, string>>;
}

export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly minInSync: number;
  /** -1: forever. */
  readonly retentionMs: number;
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  readonly maxMessageBytes: number;
}

/** Canonical key bytes: one field without buckets is its own text, else a compact JSON array, bucket last. */
export interface KeyDefinition {
  readonly fields: readonly string[];
  readonly buckets?: number;
}

export interface ProducerPromises {
  readonly owner: string;
  readonly outbox: boolean;
  readonly acks: 'all' | 'leader' | 'none';
  readonly onOverload: 'block' | 'drop-newest' | 'buffer';
  readonly bufferBytes?: number;
  readonly approvedBy?: string;
}

export interface ConsumerContract<Event = unknown> {
  readonly event: EventContract<Event>;
  readonly name: string;
  readonly owner: string;
  readonly group: string;
  /** The other events of the stream that it is a consumer of, if any, each with the `path:line` that says so. */
  readonly stream?: readonly { readonly event: string; readonly at: string }[];
  readonly delivery: Delivery;
  readonly idempotency?: {
    readonly key: readonly string[];
    readonly windowMs: number;
    readonly store: 'postgres' | 'memory';
  };
  readonly retry?: RetryPolicy;
  readonly deadLetter?: DeadLetterPolicy;
  readonly backpressure: {
    readonly policy: 'block' | 'drop-oldest' | 'drop-newest' | 'sample' | 'scale';
    readonly maxInFlight: number;
    readonly maxWaiting: number;
    readonly maxAgeMs?: number;
    readonly maxLag?: number;
    readonly keepOneIn?: number;
    readonly approvedBy?: string;
  };
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly batch?: { readonly size: number; readonly withinMs: number };
  readonly rateLimitPerSecond?: number;
  readonly catchUp?: { readonly ratePerSecond: number; readonly whenOlderThanMs: number };
  readonly breaker?: { readonly failures: number; readonly overMs: number; readonly probeEveryMs: number };
  readonly lag?: { readonly maxAgeMs?: number; readonly maxMessages?: number };
  /** `earliest`, `latest` or an ISO time. */
  readonly startFrom: string;
  readonly onOffsetLost: 'fail' | 'earliest' | 'latest';
}

export interface RetryPolicy {
  /** The first attempt included. */
  readonly attempts: number;
  /** From the first attempt on, in one process: a restart or another owner begins anew. */
  readonly withinMs: number;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: 'full' | 'none';
  /** Largest share of retries among all attempts of the consumer in a minute. */
  readonly ratio: number;
  /** `name` of errors that go straight to the dead letter. */
  readonly nonRetryable: readonly string[];
}

export interface DeadLetterPolicy {
  readonly owner: string;
  readonly investigateWithinMs: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly topic: string;
  /** -1: forever. */
  readonly retentionMs: number;
  readonly after: 'follow' | 'wait';
  readonly floodGuard: { readonly share: number; readonly overMs: number };
}
