/** A contract around a schema, built by hand: what the SDK emitter sees, without a loader. */
import type { Contract, Topic } from '../../../../generator/src/model/contract.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { parseSchema } from '../../../../generator/src/schema/index.ts';

const second = { ms: 1000, text: '1s' };
const day = { ms: 86_400_000, text: '1d' };
const topic: Topic = {
  name: 'orders.order-placed.v1',
  partitions: 12,
  replication: 3,
  minInSync: 2,
  retention: { ms: 7 * day.ms, text: '7d' },
  cleanup: 'delete',
  maxMessage: { bytes: 1_048_576, text: '1 MiB' },
};

export function contractOf(raw: unknown, changes: Partial<Contract> = {}): Contract {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return {
    name: 'orders.order-placed',
    domain: 'orders',
    event: 'order-placed',
    major: 1,
    version: '1.2.0',
    title: 'Order placed',
    description: "A customer's order was accepted.",
    owner: 'checkout',
    status: 'active',
    intent: 'async-processing',
    stakes: { loss: 'catastrophic', duplicate: 'catastrophic' },
    traffic: {
      average: { perSecond: 300, text: '300/s' },
      peak: { perSecond: 5000, text: '5000/s' },
      payload: { bytes: 1024, text: '1 KiB' },
      callerWaits: false,
    },
    topic,
    environments: [{ name: 'local', topic: { ...topic, replication: 1, minInSync: 1 } }],
    schema: { kind: 'json', schema },
    formats: 'annotate',
    encoding: 'json',
    tombstones: 'refuse',
    classification: [],
    partitionKey: { fields: ['/orderId'] },
    ordering: 'per-key',
    attributes: {},
    compatibility: 'full',
    rollout: { ms: 7 * day.ms, text: '7d' },
    producers: [
      { service: 'checkout-api', owner: 'checkout', outbox: false, acks: 'all', onOverload: 'block', generated: true },
    ],
    consumers: [
      {
        name: 'fulfillment',
        owner: 'warehouse',
        group: 'orders.order-placed.v1.fulfillment',
        delivery: 'effectively-once',
        idempotency: { key: ['/orderId'], window: { ms: 30 * day.ms, text: '30d' }, store: 'postgres' },
        retry: {
          attempts: 4,
          within: { ms: 300_000, text: '5m' },
          backoff: { initial: { ms: 200, text: '200ms' }, factor: 2, max: { ms: 30_000, text: '30s' }, jitter: 'full' },
          ratio: { fraction: 0.2, text: '20 %' },
          nonRetryable: [],
        },
        deadLetter: {
          owner: 'warehouse',
          investigateWithin: { ms: 7_200_000, text: '2h' },
          severity: 'critical',
          topic: 'orders.order-placed.v1.fulfillment.dlq',
          retention: { ms: 7 * day.ms, text: '7d' },
          after: 'follow',
          floodGuard: { share: { fraction: 0.5, text: '50 %' }, over: { ms: 60_000, text: '1m' } },
        },
        backpressure: { policy: 'block', maxInFlight: 500, maxWaiting: 5000 },
        reads: [],
        concurrency: 16,
        timeout: { ms: 30 * second.ms, text: '30s' },
        replayWindow: { ms: 7 * day.ms, text: '7d' },
        startFrom: 'earliest',
        onOffsetLost: 'fail',
        generated: true,
      },
    ],
    source: {
      path: 'contracts/orders/order-placed/v1.yaml',
      locate: () => ({ path: 'contracts/orders/order-placed/v1.yaml', line: 1, column: 1 }),
      written: ([first]) =>
        first === 'topic' ? { path: 'contracts/orders/order-placed/v1.yaml', line: 9, column: 1 } : undefined,
      locateSchema: () => ({ path: 'contracts/orders/order-placed/v1.yaml', line: 1, column: 1 }),
    },
    ...changes,
  };
}

export function setOf(...contracts: readonly Contract[]): ContractSet {
  return {
    label: 'contracts',
    workspace: { package: '@acme/events', schemaDialect: '2020-12', metrics: 'tenet' },
    teams: new Map(),
    contracts,
    exceptions: [],
    locate: () => ({ path: 'contracts/tenet.yaml', line: 1, column: 1 }),
    textOf: () => undefined,
  };
}
