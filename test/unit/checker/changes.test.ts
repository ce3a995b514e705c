/** Every field that can move has words: each leaf of the resolved contract is moved on its own, in both directions. */
import { describe, expect, test } from 'vitest';
import metaSchema from '../../../generator/meta-schema/contract.schema.json' with { type: 'json' };
import { changelogOf } from '../../../generator/src/checker/changes/changelog.ts';
import { promiseChanges } from '../../../generator/src/checker/changes/contract-changes.ts';
import { check } from '../../../generator/src/checker/index.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { Contract } from '../../../generator/src/model/contract.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { memoryTree } from '../loader/memory-tree.ts';
import { today } from './check-fixture.ts';

const text = `tenet: 1
name: orders.order-placed
version: 1.0.0
title: Order placed
description: An order was accepted.
owner: checkout
status: deprecated
replacedBy: orders.order-placed@1
removeAfter: 2027-06-30
intent: async-processing
stakes: { loss: costly, duplicate: costly }
traffic: { average: 300/s, peak: 5000/s, payload: 1 KiB, callerWaits: false }
topic: { name: orders, partitions: 12, replication: 3, minInSync: 2, retention: 7d, cleanup: delete, maxMessage: 1 MiB }
schema: { type: object, properties: { uid: { type: string }, orderId: { type: string }, revision: { type: integer }, at: { type: string } }, required: [uid, orderId, revision, at] }
formats: annotate
encoding: json
tombstones: refuse
classification: { /at: personal }
partitionKey: { fields: [/orderId], buckets: 4 }
ordering: per-key
event: { id: /uid, time: /at, sequence: /revision }
compatibility: full
rollout: 7d
producers:
  importer: { owner: checkout, outbox: true, acks: all, onOverload: buffer, buffer: 10 MiB, approvedBy: checkout, generated: true }
consumers:
  fulfillment:
    owner: warehouse
    group: orders-fulfillment
    delivery: effectively-once
    idempotency: { key: [/orderId], window: 60d, store: postgres }
    retry: { attempts: 5, within: 10m, backoff: { initial: 200ms, factor: 2, max: 30s, jitter: full }, ratio: 20 %, nonRetryable: [Refused] }
    deadLetter: { owner: warehouse, investigateWithin: 2h, severity: critical, alertAbove: 5/min, topic: orders.dead, retention: 30d, after: wait, floodGuard: { share: 50 %, over: 1m } }
    backpressure: { policy: drop-oldest, maxInFlight: 400, maxWaiting: 4000, maxAge: 5m, maxLag: 5000, keepOneIn: 2, approvedBy: warehouse }
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

const files = {
  'tenet.yaml': `tenet: 1\npackage: "@acme/events"\nenvironments:\n  staging: { topicPrefix: s., maxPartitions: 6, replication: 3, minInSync: 2, retention: 7d }\n`,
  'owners.yaml': `tenet: 1
teams:
  checkout: { name: Checkout, contact: c, pager: p, escalation: checkout }
  warehouse: { name: Warehouse, contact: c, pager: p, escalation: checkout }
`,
  'orders/order-placed/v1.yaml': text,
};
const [set, findings] = await loadContracts(memoryTree(files, 'contracts'), { now: today });
const contract = set?.contracts[0] as Contract;

/** What the walk does not move: names that say which contract it is, and what has words of its own elsewhere. */
const apart = ['name', 'domain', 'event', 'major', 'version', 'schema', 'source', 'environments'];

type Path = readonly (string | number)[];

const quantities = ['ms', 'perSecond', 'bytes', 'fraction'];

/** Every value that can move on its own, and every group that can come and go. */
function* moves(value: unknown, path: Path = []): Iterable<readonly [Path, unknown]> {
  if (Array.isArray(value)) {
    if (value.some((entry) => typeof entry === 'string')) yield [path, [...value, '/another']];
    else for (const [index, entry] of value.entries()) yield* moves(entry, [...path, index]);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    const unit = quantities.find((name) => name in value);
    if (unit !== undefined)
      yield [path, { ...value, [unit]: Number(value[unit as keyof typeof value]) / 2, text: 'half' }];
    else
      for (const [key, inner] of Object.entries(value))
        if (path.length > 0 || !apart.includes(key)) yield* moves(inner, [...path, key]);
    return;
  }
  if (path.at(-1) === 'service' || (path[0] === 'consumers' && path.length === 3 && path[2] === 'name')) return;
  if (typeof value === 'boolean') yield [path, !value];
  else if (typeof value === 'number') yield [path, value + 1];
  else for (const other of othersThan(String(path.at(-1)), value)) yield [path, other];
}

/** The other values of an enum of the format; another name where it is none. */
function othersThan(key: string, value: unknown): readonly unknown[] {
  const found: unknown[] = [];
  JSON.stringify(metaSchema, (name, node) => {
    const own = name === key || (key === 'kind' && name === 'additionalProperties') ? node?.enum : undefined;
    if (Array.isArray(own) && own.includes(value)) found.push(...own.filter((other) => other !== value));
    return node;
  });
  return found.length > 0 ? [...new Set(found)] : ['another'];
}

function withMoved(root: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(root)) return root.map((entry, index) => (index === first ? withMoved(entry, rest, value) : entry));
  const copy: Record<string, unknown> = { ...(root as object) };
  if (value === undefined && rest.length === 0) delete copy[first];
  else copy[first] = withMoved(copy[first], rest, value);
  return copy;
}

function lines(before: Contract, after: Contract): readonly string[] {
  return promiseChanges({ before, after }).map((change) => change.text);
}

function sets(before: Contract, after: Contract): { readonly before: ContractSet; readonly after: ContractSet } {
  const all = set as ContractSet;
  return { before: { ...all, contracts: [before] }, after: { ...all, contracts: [after] } };
}

test('the contract loads, and writes every field of the format', () => {
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const keys = new Set<string>();
  JSON.stringify(metaSchema, (name, node) => {
    if (name === 'properties') for (const key of Object.keys(node)) keys.add(key);
    return node;
  });
  expect([...keys].filter((key) => !key.startsWith('$') && !new RegExp(`\\b${key}:`).test(text))).toEqual([]);
});

test('nothing is said of a contract and itself', () => {
  expect(lines(contract, contract)).toEqual([]);
});

const optional: readonly Path[] = [
  ['partitionKey'],
  ['partitionKey', 'buckets'],
  ['attributes', 'id'],
  ['producers', 0, 'buffer'],
  ['producers', 0, 'approvedBy'],
  ['producers', 0],
  ['consumers', 0],
  ...['idempotency', 'retry', 'deadLetter', 'batch', 'rateLimit', 'catchUp', 'breaker', 'lag', 'objective'].map(
    (name): Path => ['consumers', 0, name],
  ),
  ...['maxAge', 'maxLag', 'keepOneIn', 'approvedBy'].map((name): Path => ['consumers', 0, 'backpressure', name]),
  ['consumers', 0, 'lag', 'maxAge'],
  ['consumers', 0, 'deadLetter', 'alertAbove'],
];

describe('every field that moves has words', () => {
  const cases = [
    ...[...moves(contract)].map(([path, value]) => [path.join('.'), path, value] as const),
    ...['producers', 'consumers', 'classification', 'reads'].map((list) => {
      const path = list === 'reads' ? ['consumers', 0, 'reads'] : [list];
      return [`${list} that go`, path, []] as const;
    }),
    ...optional
      .filter((path) => path.at(-1) !== 0)
      .map((path) => [`${path.join('.')} that goes`, path, undefined] as const),
  ];

  test.each(cases)('%s', (_, path, value) => {
    const other = withMoved(contract, path, value) as Contract;
    for (const said of [lines(contract, other), lines(other, contract)]) {
      expect(said.length).toBeGreaterThan(0);
      for (const line of said) expect(line).not.toMatch(/undefined|\[object|NaN|Infinity|^\s*$|\n/);
    }
    expect(lines(other, other)).toEqual([]);
    // Where a finding says it, the line is left out; one of both is always there.
    for (const sides of [sets(contract, other), sets(other, contract)]) {
      const { contracts } = changelogOf(
        check({ ...sides, clock: { now: today }, payload: { compare, budgetMs: 100 } }),
        sides,
      );
      const said = contracts.flatMap(({ breaking, noted, changes }) => [...breaking, ...noted, ...changes]);
      expect(said.length).toBeGreaterThan(0);
    }
  });
});
