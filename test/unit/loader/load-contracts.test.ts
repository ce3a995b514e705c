import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folderTree } from '../../../generator/src/baseline/folder-tree.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { Contract } from '../../../generator/src/model/contract.ts';
import { contractText, memoryTree, workspace } from './memory-tree.ts';

const contract = 'orders/order-placed/v1.yaml';

async function load(files: Readonly<Record<string, string>>) {
  const [set, findings] = await loadContracts(memoryTree({ ...workspace, ...files }));
  if (set === undefined)
    throw new Error(findings.map(({ at, message }) => `${at.path}:${at.line} ${message}`).join('\n'));
  return { set, findings };
}

async function loadOne(...changes: readonly (readonly [string, string])[]): Promise<Contract> {
  const text = changes.reduce((before, [from, to]) => before.replace(from, to), contractText);
  const { set, findings } = await load({ [contract]: text });
  expect(findings).toEqual([]);
  const [loaded] = set.contracts;
  if (loaded === undefined) throw new Error('no contract');
  return loaded;
}

test('the contracts of this repository load without a finding', async () => {
  const root = fileURLToPath(new URL('../../../contracts', import.meta.url));
  const [set, findings] = await loadContracts(folderTree(root, 'contracts'));
  expect(findings).toEqual([]);
  expect(set?.contracts.map(({ name, consumers }) => [name, consumers.map((one) => [one.name, one.delivery])])).toEqual(
    [
      [
        'orders.order-placed',
        [
          ['analytics', 'at-least-once'],
          ['fulfillment', 'effectively-once'],
        ],
      ],
      [
        'payments.payment-captured',
        [
          ['ledger', 'effectively-once'],
          ['order-status', 'effectively-once'],
        ],
      ],
    ],
  );
});

test('defaults are those of the table', async () => {
  const loaded = await loadOne();
  expect({ ...loaded, schema: undefined, source: undefined }).toEqual({
    name: 'orders.order-placed',
    domain: 'orders',
    event: 'order-placed',
    major: 1,
    version: '1.0.0',
    title: 'Order placed',
    description: 'An order was placed.',
    owner: 'checkout',
    status: 'active',
    intent: 'async-processing',
    stakes: { loss: 'costly', duplicate: 'costly' },
    traffic: {
      average: { perSecond: 10, text: '10/s' },
      peak: { perSecond: 100, text: '100/s' },
      payload: { bytes: 1024, text: '1 KiB' },
      callerWaits: false,
    },
    topic: topic({}),
    environments: [{ name: 'local', topic: topic({ replication: 1, minInSync: 1 }) }],
    formats: 'annotate',
    encoding: 'json',
    tombstones: 'refuse',
    classification: [],
    partitionKey: { fields: ['/orderId'] },
    ordering: 'per-key',
    attributes: {},
    compatibility: 'full',
    rollout: { ms: 604_800_000, text: '7d' },
    producers: [
      { service: 'shop', owner: 'checkout', outbox: false, acks: 'all', onOverload: 'block', generated: true },
    ],
    consumers: [
      {
        name: 'picking',
        owner: 'platform',
        group: 'orders.order-placed.v1.picking',
        delivery: 'at-least-once',
        retry: {
          attempts: 4,
          within: { ms: 300_000, text: '5m' },
          backoff: { initial: { ms: 200, text: '200ms' }, factor: 2, max: { ms: 30_000, text: '30s' }, jitter: 'full' },
          ratio: { fraction: 0.2, text: '20 %' },
          nonRetryable: [],
        },
        deadLetter: {
          owner: 'checkout',
          investigateWithin: { ms: 14_400_000, text: '4h' },
          severity: 'warning',
          topic: 'orders.order-placed.v1.picking.dlq',
          retention: { ms: 604_800_000, text: '7d' },
          after: 'follow',
          floodGuard: { share: { fraction: 0.5, text: '50 %' }, over: { ms: 60_000, text: '1m' } },
        },
        backpressure: { policy: 'block', maxInFlight: 100, maxWaiting: 1000 },
        reads: [],
        concurrency: 16,
        timeout: { ms: 30_000, text: '30s' },
        replayWindow: { ms: 604_800_000, text: '7d' },
        startFrom: 'earliest',
        onOffsetLost: 'fail',
        generated: true,
      },
    ],
    schema: undefined,
    source: undefined,
  });
});

function topic(over: object) {
  return {
    name: 'orders.order-placed.v1',
    partitions: 6,
    replication: 3,
    minInSync: 2,
    retention: { ms: 604_800_000, text: '7d' },
    cleanup: 'delete',
    maxMessage: { bytes: 1_048_576, text: '1 MiB' },
    ...over,
  };
}

test('promises merge field by field, lists are replaced', async () => {
  const loaded = await loadOne(
    [
      'retry: { $ref: ../../policies.yaml#/retry/standard }',
      'retry: { attempts: 4, within: 5m, nonRetryable: [A, B], backoff: { max: 1m } }',
    ],
    [
      'picking: { owner: platform }',
      'picking: { owner: platform, retry: { attempts: 9, nonRetryable: [C], backoff: { factor: 3 } } }',
    ],
  );
  expect(loaded.consumers[0]?.retry).toMatchObject({
    attempts: 9,
    within: { text: '5m' },
    nonRetryable: ['C'],
    backoff: { factor: 3, max: { text: '1m' } },
  });
});

test('keys beside a reference override what it refers to', async () => {
  const loaded = await loadOne([
    'retry: { $ref: ../../policies.yaml#/retry/standard }',
    'retry: { $ref: ../../policies.yaml#/retry/standard, attempts: 2 }',
  ]);
  expect(loaded.consumers[0]?.retry).toMatchObject({ attempts: 2, within: { text: '5m' } });
});

test('an arrival pages when the severity is critical, and retention covers the deadline three times', async () => {
  const loaded = await loadOne(['investigateWithin: 4h', 'investigateWithin: 5d, severity: critical']);
  expect(loaded.consumers[0]?.deadLetter).toMatchObject({
    alertAbove: { perSecond: 0, text: '0/min' },
    retention: { text: '15d' },
  });
});

test('positions: own fields, inherited ones, referred ones, and what is not written', async () => {
  const { set } = await load({});
  const source = set.contracts[0]?.source;
  const place = (...path: (string | number)[]) => {
    const at = source?.locate(path);
    return `${at?.path}:${at?.line}:${at?.column}`;
  };
  expect(source?.path).toBe('contracts/orders/order-placed/v1.yaml');
  expect(place('version')).toBe('contracts/orders/order-placed/v1.yaml:3:10');
  expect(place('consumers', 'picking')).toBe('contracts/orders/order-placed/v1.yaml:20:3');
  expect(place('consumers', 'picking', 'owner')).toBe('contracts/orders/order-placed/v1.yaml:20:21');
  expect(place('consumers', 'picking', 'deadLetter', 'investigateWithin')).toBe(
    'contracts/orders/order-placed/v1.yaml:17:51',
  );
  expect(place('consumers', 'picking', 'retry', 'attempts')).toBe('contracts/policies.yaml:3:25');
  expect(place('consumers', 'picking', 'retry', 'ratio')).toBe('contracts/orders/order-placed/v1.yaml:16:1');
  expect(place('consumers', 'picking', 'timeout')).toBe('contracts/orders/order-placed/v1.yaml:20:3');
  expect(place('consumers', 'gone')).toBe('contracts/orders/order-placed/v1.yaml:19:1');
  expect(place('schema')).toBe('contracts/orders/order-placed/v1.yaml:10:1');
  expect(place()).toBe('contracts/orders/order-placed/v1.yaml:1:1');
  expect(source?.written(['consumers', 'picking', 'retry', 'attempts'])).toMatchObject({ line: 3, column: 25 });
  expect(source?.written(['consumers', 'picking', 'timeout'])).toBeUndefined();
  expect(source?.locateSchema({ document: '', pointer: '/properties/orderId/type' })).toMatchObject({
    path: 'contracts/orders/order-placed/v1.schema.json',
    line: 5,
    column: 26,
  });
});

test('environments lay over the topic; local is built in and can be changed', async () => {
  const tenet =
    'tenet: 1\npackage: "@acme/events"\nenvironments:\n  staging: { topicPrefix: stg., maxPartitions: 2, replication: 2, minInSync: 1, retention: 1d }\n  local: { maxPartitions: 100, retention: 1h }\n';
  const { set } = await load({ 'tenet.yaml': tenet });
  expect(set.contracts[0]?.environments).toEqual([
    { name: 'local', topic: topic({ replication: 1, minInSync: 1, retention: { ms: 3_600_000, text: '1h' } }) },
    {
      name: 'staging',
      topic: topic({
        name: 'stg.orders.order-placed.v1',
        partitions: 2,
        replication: 2,
        minInSync: 1,
        retention: { ms: 86_400_000, text: '1d' },
      }),
    },
  ]);
});

test('schemas: next door, by pointer, inline, through identifiers, and in YAML', async () => {
  const common =
    '{ "$schema": "http://json-schema.org/draft-07/schema#", "definitions": { "order": { "type": "object", "required": ["orderId"], "properties": { "orderId": { "$ref": "#/definitions/id" } } }, "id": { "type": "string" } } }';
  const identified =
    '{ "$id": "https://example.com/schemas/order.json", "type": "object", "required": ["orderId"], "properties": { "orderId": { "$ref": "id.json" } } }';
  const files = {
    'shared/common.json': common,
    'shared/order.json': identified,
    'shared/id.json': '{ "type": "string" }',
    'shared/order.yaml': 'type: object\nrequired: [orderId]\nproperties:\n  orderId: { $ref: ./id.json }\n',
  };
  const ways = [
    '{ $ref: ../../shared/common.json#/definitions/order }',
    '{ $ref: ../../shared/order.json }',
    '{ $ref: ../../shared/order.yaml }',
    '{ type: object, required: [orderId], properties: { orderId: { $ref: ../../shared/id.json } } }',
    '{ type: object, required: [orderId], properties: { orderId: { $ref: "#/$defs/id" } }, $defs: { id: { type: string } } }',
  ];
  for (const way of ways) {
    const { set, findings } = await load({
      ...files,
      [contract]: contractText.replace('{ $ref: ./v1.schema.json }', way),
    });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const schema = set.contracts[0]?.schema;
    if (schema?.kind !== 'json') throw new Error('no JSON Schema');
    let root = schema.schema.root;
    while (root.ref) root = root.ref;
    let id = root.properties?.get('orderId');
    while (id?.ref) id = id.ref;
    expect(id?.types).toEqual(['string']);
    const place = set.contracts[0]?.source.locateSchema(id?.at ?? { document: '', pointer: '' });
    expect(place?.path).toMatch(/^contracts\/(shared\/(common|id)\.json|orders\/order-placed\/v1\.yaml)$/);
  }
});

test('a contract by value, frozen, in a set sorted by name and major', async () => {
  const second = contractText.replace('1.0.0', '2.0.0');
  const files = {
    'orders/order-placed/v2.yaml': second,
    'billing/paid/v1.yaml': contractText
      .replace('orders.order-placed', 'billing.paid')
      .replace('./v1', '../../orders/order-placed/v1'),
  };
  const { set } = await load(files);
  expect(set.contracts.map(({ name, major }) => `${name}@${major}`)).toEqual([
    'billing.paid@1',
    'orders.order-placed@1',
    'orders.order-placed@2',
  ]);
  const [first] = set.contracts;
  expect(Object.isFrozen(first) && Object.isFrozen(first?.consumers[0]?.retry?.backoff)).toBe(true);
  const again = (await load(files)).set;
  const plain = (value: unknown) => JSON.stringify(value);
  expect(plain(again.contracts)).toBe(plain(set.contracts));
});

test('contracts that share a topic are a stream and no collision', async () => {
  const stream = contractText.replace('partitions: 6', 'name: orders, partitions: 6');
  const cancelled = stream
    .replace('orders.order-placed', 'orders.order-cancelled')
    .replace('./v1', '../order-placed/v1');
  const { findings } = await load({ [contract]: stream, 'orders/order-cancelled/v1.yaml': cancelled });
  expect(findings).toEqual([]);
});

test('texts are found by the paths that findings print', async () => {
  const { set } = await load({});
  expect(set.textOf('contracts/orders/order-placed/v1.yaml')).toBe(contractText);
  expect(set.textOf('elsewhere/v1.yaml')).toBeUndefined();
  expect(set.textOf('contracts/nothing.yaml')).toBeUndefined();
});

test('a baseline says where it is from', async () => {
  const [, findings] = await loadContracts(
    memoryTree({ ...workspace, [contract]: contractText.replace('per-key', 'perkey') }, 'origin/main:contracts'),
  );
  expect(findings.map(({ at }) => at.path)).toEqual(['origin/main:contracts/orders/order-placed/v1.yaml']);
});

test('fingerprints know neither lines nor the tree', async () => {
  const wrong = contractText.replace('per-key', 'perkey');
  const [, here] = await loadContracts(memoryTree({ ...workspace, [contract]: wrong }));
  const [, there] = await loadContracts(
    memoryTree({ ...workspace, [contract]: `# moved\n\n${wrong}` }, 'main:contracts'),
  );
  expect(here[0]?.fingerprint).toBe(there[0]?.fingerprint);
  expect(here[0]?.at.line).not.toBe(there[0]?.at.line);
});
