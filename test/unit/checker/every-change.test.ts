import { describe, expect, test } from 'vitest';
import metaSchema from '../../../generator/meta-schema/contract.schema.json' with { type: 'json' };
import { check } from '../../../generator/src/checker/index.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { memoryTree } from '../loader/memory-tree.ts';
import { today } from './check-fixture.ts';
import { changes } from './every-change.table.ts';

const file = 'orders/order-placed/v1.yaml';

/** Every field is written, so that each can be moved on its own. `#` begins the next major that a field may refer to. */
const contract = `tenet: 1
name: orders.order-placed
version: 1.0.0
title: Order placed
description: An order was accepted.
owner: checkout
status: deprecated
replacedBy: orders.order-placed@2
removeAfter: 2027-06-30
intent: async-processing
stakes: { loss: costly, duplicate: costly }
traffic: { average: 300/s, peak: 5000/s, payload: 1 KiB, callerWaits: false }
topic: { name: orders, partitions: 12, replication: 3, minInSync: 2, retention: 7d, cleanup: delete, maxMessage: 1 MiB }
schema: { type: object, properties: { uid: { type: string }, orderId: { type: string }, revision: { type: integer }, at: { type: string }, mail: { type: string } }, required: [uid, orderId, revision, at] }
formats: annotate
encoding: json
tombstones: refuse
classification: { /mail: personal }
partitionKey: { fields: [/orderId], buckets: 4 }
ordering: per-key
event: { id: /uid, time: /at, sequence: /revision }
compatibility: full
rollout: 7d
producers:
  checkout-api: { owner: checkout, outbox: true, acks: all, onOverload: block, generated: true }
  importer: { owner: checkout, onOverload: buffer, buffer: 10 MiB, approvedBy: checkout }
delivery: at-least-once
idempotency: { key: [/orderId], window: 60d }
retry: { attempts: 4, within: 5m }
deadLetter: { owner: checkout, investigateWithin: 4h }
backpressure: { policy: block, maxInFlight: 500 }
consumers:
  dropping: { owner: data-platform, backpressure: { policy: drop-oldest, maxAge: 5m, maxLag: 5000, approvedBy: data-platform } }
  sampling: { owner: data-platform, backpressure: { policy: sample, keepOneIn: 10, approvedBy: data-platform } }
  refusing: { owner: data-platform, backpressure: { policy: drop-newest, maxWaiting: 9000, approvedBy: data-platform } }
  fulfillment:
    owner: warehouse
    group: orders-fulfillment
    delivery: effectively-once
    idempotency: { key: [/orderId, /revision], window: 60d, store: postgres }
    retry: { attempts: 5, within: 10m, backoff: { initial: 200ms, factor: 2, max: 30s, jitter: full }, ratio: 20 %, nonRetryable: [Refused] }
    deadLetter: { owner: warehouse, investigateWithin: 2h, severity: critical, alertAbove: 5/min, topic: orders.dead, retention: 30d, after: wait, floodGuard: { share: 50 %, over: 1m } }
    backpressure: { policy: block, maxInFlight: 400, maxWaiting: 4000 }
    reads: [/orderId]
    concurrency: 64
    batch: { size: 100, within: 1s }
    timeout: 30s
    rateLimit: 800/s
    catchUp: { rate: 900/s, whenOlderThan: 10m }
    breaker: { failures: 50 %, over: 1m, probeEvery: 5s }
    lag: { maxAge: 2m, maxMessages: 10000 }
    objective: { share: 99.9 %, within: 2m }
    replayWindow: 7d
    startFrom: earliest
    onOffsetLost: fail
    generated: true
`;

const owners = `tenet: 1
teams:
  checkout: { name: Checkout, contact: c, pager: p, escalation: checkout }
  data-platform: { name: Data, contact: c, pager: p, escalation: checkout }
  warehouse: { name: Warehouse, contact: c, pager: p, escalation: checkout }
`;

const environments =
  'environments:\n  staging: { topicPrefix: s., maxPartitions: 6, replication: 3, minInSync: 2, retention: 7d }\n';

async function load(text: string, workspace: string, label: string): Promise<ContractSet> {
  const files = {
    'tenet.yaml': `tenet: 1\npackage: "@acme/events"\n${workspace}`,
    'owners.yaml': owners,
    [file]: text,
    'orders/order-placed/v2.yaml': text
      .replace('version: 1.', 'version: 2.')
      .replace(/^(status|replacedBy|removeAfter):.*\n/gm, '')
      .replace('name: orders,', '')
      .replace(/group: .*|topic: orders\.\w+,/g, ''),
  };
  const [set, findings] = await loadContracts(memoryTree(files, label), { now: today });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (set === undefined || errors.length > 0)
    throw new Error(errors.map(({ at, message }) => `${at.path}:${at.line}:${at.column} ${message}`).join('\n'));
  return set;
}

/** Findings of the comparison for v1, the version itself aside: what the table is about. */
async function found(after: string, workspace = environments): Promise<readonly string[]> {
  const sets = {
    before: await load(contract, environments, 'main:contracts'),
    after: await load(after, workspace, 'contracts'),
  };
  const report = check({ ...sets, clock: { now: today }, payload: { compare, budgetMs: 5000 } });
  const [first] = report.contracts;
  const rules = (first?.findings ?? []).map(({ rule }) => rule);
  return [...new Set(rules)].filter(
    (rule) => !/^promise\/version-/.test(rule) && /^(promise|payload|design)\//.test(rule),
  );
}

function moved(from: string, to: string): string {
  const parts = contract.split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} is written ${parts.length - 1} times`);
  return parts.join(to).replace('version: 1.0.0', 'version: 1.1.0');
}

test('nothing is found between the contract and itself', async () => {
  expect(await found(contract)).toEqual([]);
});

describe.each(changes)('$field', ({ moves }) => {
  test.each(moves)('$from → $to', async ({ from, to, finds, harmless }) => {
    const rules = from.startsWith('staging:')
      ? await found(contract, environments.replace(from.slice(8), to))
      : await found(moved(from, to));
    if (finds === undefined) {
      expect(rules.filter((rule) => !rule.startsWith('design/'))).toEqual([]);
      expect(harmless?.length).toBeGreaterThan(20);
    } else expect(rules).toContain(finds);
  });
});

test('every field of the format has a row, and no row is of a field that is gone', () => {
  expect(changes.map(({ field }) => field).sort()).toEqual([...fieldsOf(metaSchema), ...overlays].sort());
});

const overlays = ['topicPrefix', 'maxPartitions', 'replication', 'minInSync', 'retention'].map(
  (key) => `environments.*.${key}`,
);

/** Leaves of the published meta-schema; the promises of a consumer are those of the top. */
function fieldsOf(root: unknown): string[] {
  const promises = ['delivery', 'idempotency', 'retry', 'deadLetter', 'backpressure'];
  const fields: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    const node = resolve(schema, root);
    const children = Object.entries(record(node.properties)).filter(([name]) => name !== '$ref' && name !== '$schema');
    const rest = record(node.additionalProperties);
    if (path === 'classification' || path === 'partitionKey' || path === 'schema') fields.push(path);
    else if (children.length > 0) {
      for (const [name, child] of children)
        if (!(path === 'consumers.*' && promises.includes(name))) visit(child, path === '' ? name : `${path}.${name}`);
    } else if (Object.keys(rest).length > 0) visit(rest, `${path}.*`);
    else fields.push(path);
  };
  visit(root, '');
  return fields.filter((field) => field !== 'tenet');
}

/** One subschema with its `$ref` and the alternative that is a map laid together. */
function resolve(schema: unknown, root: unknown): Record<string, unknown> {
  let node = record(schema);
  if (typeof node.$ref === 'string') {
    const target = node.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((here, step) => record(here)[step], root);
    node = { ...record(target), ...node, $ref: undefined };
    return resolve(node, root);
  }
  for (const part of [node.allOf, node.anyOf, node.oneOf].flatMap((list) => (Array.isArray(list) ? list : []))) {
    const inner = resolve(part, root);
    node = {
      ...inner,
      ...node,
      properties: { ...record(inner.properties), ...record(node.properties) },
    };
  }
  return node;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
