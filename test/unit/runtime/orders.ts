/** A contract by hand, as generated code would hand it over, for tests of the runtime alone. */
import {
  type ConsumerContract,
  type ConsumerDescriptor,
  contract,
  type Delivery,
  type EventContract,
  type EventDescriptor,
} from '@tenet/runtime';
import { defineValidators, schemaFunctions, unchanged } from '@tenet/runtime/validation';

export interface Order {
  readonly orderId: string;
  readonly revision: number;
  readonly quantity: number;
  readonly email?: string;
}

function isOrder(value: unknown): value is Order {
  return typeof value === 'object' && value !== null && 'orderId' in value;
}

/** orderId: a string; quantity: at least 1. */
const functions = schemaFunctions(
  (value, sink) => {
    if (!isOrder(value)) {
      sink?.add({ pointer: '/orderId', expected: 'is missing' });
      return false;
    }
    if (value.quantity >= 1) return true;
    sink?.add({ pointer: '/quantity', expected: 'must be ≥ 1', actual: value.quantity });
    return false;
  },
  unchanged,
  unchanged,
);

export function orders(overrides: Partial<EventContract<Order>> = {}): EventContract<Order> {
  return {
    name: 'orders.order-placed',
    version: '1.2.0',
    owner: 'checkout',
    source: 'contracts/orders/order-placed/v1.yaml',
    topic: {
      name: 'orders.order-placed.v1',
      partitions: 3,
      replication: 1,
      minInSync: 1,
      retentionMs: 604_800_000,
      cleanup: 'delete',
      maxMessageBytes: 1024 * 1024,
    },
    environments: {},
    encoding: 'json',
    tombstones: 'refuse',
    ordering: 'per-key',
    key: { fields: ['/orderId'] },
    attributes: { sequence: '/revision' },
    classification: { '/email': 'personal' },
    producers: { 'checkout-api': { owner: 'checkout', outbox: false, acks: 'all', onOverload: 'block' } },
    validators: defineValidators<Order>(functions),
    written: {
      '/delivery': 'contracts/orders/order-placed/v1.yaml:20',
      '/ordering': 'contracts/orders/order-placed/v1.yaml:15',
      '/topic': 'contracts/orders/order-placed/v1.yaml:11',
      '/producers': 'contracts/orders/order-placed/v1.yaml:18',
      '/producers/checkout-api': 'contracts/orders/order-placed/v1.yaml:19',
      '/consumers/fulfillment': 'contracts/orders/order-placed/v1.yaml:26',
    },
    ...overrides,
  };
}

export function orderPlaced(
  overrides: Partial<EventContract<Order>> = {},
): EventDescriptor<Order, 'checkout-api', never> {
  return { [contract]: orders(overrides) };
}

export function consumer(overrides: Partial<ConsumerContract<Order>> = {}): ConsumerContract<Order> {
  const event = overrides.event ?? orders();
  const name = overrides.name ?? 'fulfillment';
  return {
    event,
    name,
    owner: 'warehouse',
    group: `${event.topic.name}.${name}`,
    delivery: 'at-least-once',
    retry: {
      attempts: 3,
      withinMs: 60_000,
      initialMs: 1,
      factor: 2,
      maxMs: 4,
      jitter: 'full',
      ratio: 0.2,
      nonRetryable: ['OutOfStock'],
    },
    deadLetter: {
      owner: 'warehouse',
      investigateWithinMs: 7_200_000,
      severity: 'critical',
      topic: `${event.topic.name}.${name}.dlq`,
      retentionMs: 1_209_600_000,
      after: 'follow',
      // Never: most tests of dead letters write nothing else.
      floodGuard: { share: 1, overMs: 60_000 },
    },
    backpressure: { policy: 'block', maxInFlight: 500, maxWaiting: 5000 },
    concurrency: 16,
    timeoutMs: 30_000,
    startFrom: 'earliest',
    onOffsetLost: 'fail',
    ...overrides,
  };
}

export function atLeastOnce(
  overrides: Partial<ConsumerContract<Order>> = {},
): ConsumerDescriptor<Order, 'at-least-once'> {
  return { [contract]: consumer(overrides) };
}

export function batches(
  overrides: Partial<ConsumerContract<Order>> = {},
): ConsumerDescriptor<Order, 'at-least-once', 'batch'> {
  return { [contract]: consumer({ batch: { size: 10, withinMs: 20 }, ...overrides }) };
}

export function batchesOnce(
  overrides: Partial<ConsumerContract<Order>> = {},
): ConsumerDescriptor<Order, 'effectively-once', 'batch'> {
  return { [contract]: effectivelyOnce({ batch: { size: 10, withinMs: 20 }, ...overrides })[contract] };
}

export function effectivelyOnce(
  overrides: Partial<ConsumerContract<Order>> = {},
): ConsumerDescriptor<Order, 'effectively-once'> {
  const idempotency = { key: ['/orderId', '/revision'], windowMs: 2_592_000_000, store: 'memory' as const };
  return { [contract]: consumer({ delivery: 'effectively-once' satisfies Delivery, idempotency, ...overrides }) };
}

export function anOrder(orderId: string, revision = 1, more: Partial<Order> = {}): Order {
  return { orderId, revision, quantity: 1, ...more };
}
