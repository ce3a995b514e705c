/**
 * A contract, resolved: references followed, promises merged into every consumer, defaults applied, lists sorted,
 * frozen. The only form that rules and emitters see. Field by field the table of docs/contract-format.md.
 * Positions live beside it, in `source`, so that two contracts compare by value.
 */

import type { Position } from '../diagnostics/finding.ts';
import type { Schema, SchemaPlace } from '../schema/ast.ts';
import type { AvroSchema } from '../schema/avro/index.ts';
import type { Duration, Rate, Share, Size } from './units.ts';

export type Delivery = 'at-most-once' | 'at-least-once' | 'effectively-once';
export type Stake = 'tolerable' | 'costly' | 'catastrophic';
export type Intent = 'async-processing' | 'event-sourcing' | 'load-leveling' | 'task-queue';
export type Ordering = 'per-key' | 'none' | 'global';
export type Compatibility = 'full' | 'backward' | 'forward' | 'none';
/** A JSON pointer into the payload, `/orderId`. */
export type Pointer = string;

export interface Contract {
  /** `<domain>.<event>` */
  readonly name: string;
  readonly domain: string;
  readonly event: string;
  readonly major: number;
  /** Semver as written. */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly owner: string;
  readonly status: 'draft' | 'active' | 'deprecated';
  /** `<name>@<major>` */
  readonly replacedBy?: string;
  /** ISO date. */
  readonly removeAfter?: string;
  readonly intent: Intent;
  readonly stakes: { readonly loss: Stake; readonly duplicate: Stake };
  readonly traffic: {
    readonly average: Rate;
    readonly peak: Rate;
    readonly payload: Size;
    readonly callerWaits: boolean;
  };
  readonly topic: Topic;
  /** The topic under every environment's overlay, `local` included, sorted by name. */
  readonly environments: readonly { readonly name: string; readonly topic: Topic }[];
  readonly schema: PayloadSchema;
  readonly formats: 'annotate' | 'assert';
  readonly encoding: 'json' | 'avro';
  readonly tombstones: 'refuse' | 'allow';
  readonly classification: readonly { readonly pointer: Pointer; readonly kind: 'personal' | 'secret' }[];
  /** Absent for `none`. A single pointer is one field without buckets. */
  readonly partitionKey?: { readonly fields: readonly Pointer[]; readonly buckets?: number };
  readonly ordering: Ordering;
  /** Pointers to what other systems know as id, time and sequence of the event. */
  readonly attributes: { readonly id?: Pointer; readonly time?: Pointer; readonly sequence?: Pointer };
  readonly compatibility: Compatibility;
  readonly rollout: Duration;
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  readonly source: SourceMap;
}

export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly minInSync: number;
  readonly retention: Duration | 'forever';
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  readonly maxMessage: Size;
}

export type PayloadSchema =
  | { readonly kind: 'json'; readonly schema: Schema }
  | { readonly kind: 'avro'; readonly schema: AvroSchema };

export interface Producer {
  readonly service: string;
  readonly owner: string;
  readonly outbox: boolean;
  readonly acks: 'all' | 'leader' | 'none';
  readonly onOverload: 'block' | 'drop-newest' | 'buffer';
  readonly buffer?: Size;
  readonly approvedBy?: string;
  readonly generated: boolean;
}

/** A consumer with every promise it lives under: its own, else the contract's, else the default. */
export interface Consumer {
  readonly name: string;
  readonly owner: string;
  /** Consumer group: `<topic>.<consumer>` unless written. */
  readonly group: string;
  readonly delivery: Delivery;
  readonly idempotency?: Idempotency;
  /** Absent only under at-most-once. */
  readonly retry?: Retry;
  /** Absent only under at-most-once. */
  readonly deadLetter?: DeadLetter;
  readonly backpressure: Backpressure;
  /** Empty: reads everything. */
  readonly reads: readonly Pointer[];
  readonly concurrency: number;
  readonly batch?: { readonly size: number; readonly within: Duration };
  readonly timeout: Duration;
  readonly rateLimit?: Rate;
  readonly catchUp?: { readonly rate: Rate; readonly whenOlderThan: Duration };
  readonly breaker?: { readonly failures: Share; readonly over: Duration; readonly probeEvery: Duration };
  readonly lag?: { readonly maxAge?: Duration; readonly maxMessages?: number };
  readonly objective?: { readonly share: Share; readonly within: Duration };
  /** Default: the topic's retention. */
  readonly replayWindow: Duration | 'forever';
  /** `earliest`, `latest` or an ISO time. */
  readonly startFrom: string;
  readonly onOffsetLost: 'fail' | 'earliest' | 'latest';
  readonly generated: boolean;
}

export interface Idempotency {
  readonly key: readonly Pointer[];
  readonly window: Duration;
  readonly store: 'postgres' | 'memory';
}

export interface Retry {
  /** The first attempt included. */
  readonly attempts: number;
  readonly within: Duration;
  readonly backoff: {
    readonly initial: Duration;
    readonly factor: number;
    readonly max: Duration;
    readonly jitter: 'full' | 'none';
  };
  /** Largest share of retries among all attempts of the consumer in a minute. */
  readonly ratio: Share;
  readonly nonRetryable: readonly string[];
}

export interface DeadLetter {
  readonly owner: string;
  readonly investigateWithin: Duration;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly alertAbove?: Rate;
  readonly topic: string;
  readonly retention: Duration | 'forever';
  readonly after: 'follow' | 'wait';
  readonly floodGuard: { readonly share: Share; readonly over: Duration };
}

export interface Backpressure {
  readonly policy: 'block' | 'drop-oldest' | 'drop-newest' | 'sample' | 'scale';
  readonly maxInFlight: number;
  readonly maxWaiting: number;
  readonly maxAge?: Duration;
  readonly maxLag?: number;
  readonly keepOneIn?: number;
  readonly approvedBy?: string;
}

/** A path of keys and indexes into the contract's YAML, `['consumers', 'fulfillment', 'retry', 'attempts']`. */
export type FieldPath = readonly (string | number)[];

export interface SourceMap {
  /** File of the contract, as messages print it. */
  readonly path: string;
  /**
   * Where a field stands. A promise that a consumer inherits is found at the contract's top; a field that is not
   * written is found at its nearest written ancestor. `['environments', name, key]` is a place in `tenet.yaml`.
   */
  locate(path: FieldPath): Position;
  /** Where a field is written (inherited promises included), `undefined` when only the default speaks. */
  written(path: FieldPath): Position | undefined;
  /** Where a subschema stands. */
  locateSchema(place: SchemaPlace): Position;
}
