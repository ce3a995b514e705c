import { describe, expect, test } from 'vitest';
import contractSchema from '../../../generator/meta-schema/contract.schema.json' with { type: 'json' };
import exceptionsSchema from '../../../generator/meta-schema/exceptions.schema.json' with { type: 'json' };
import ownersSchema from '../../../generator/meta-schema/owners.schema.json' with { type: 'json' };
import policiesSchema from '../../../generator/meta-schema/policies.schema.json' with { type: 'json' };
import workspaceSchema from '../../../generator/meta-schema/workspace.schema.json' with { type: 'json' };
import { everyRule } from '../../../generator/src/checker/catalogue.ts';
import { check } from '../../../generator/src/checker/index.ts';
import { gateRules, promiseRules, workspaceRules } from '../../../generator/src/checker/promise/index.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { memoryTree } from '../loader/memory-tree.ts';
import { today } from './check-fixture.ts';
import { contractChanges, judgedApart } from './every-change.contract.ts';
import type { Answer, Change } from './every-change.ts';
import { exceptionChanges, ownerChanges, workspaceChanges } from './every-change.workspace.ts';
import { fieldsOf, record } from './meta-schema-fields.ts';

const contract = 'orders/order-placed/v1.yaml';
const exceptions = 'exceptions/checkout.yaml';

type Files = Readonly<Record<string, string>>;

/** Every field is written, so that each can be moved on its own. */
const base: Files = {
  'tenet.yaml': `tenet: 1
package: "@acme/events"
docs: https://docs.example.org
schemaDialect: 2020-12
metrics: tenet
environments:
  staging: { topicPrefix: s., maxPartitions: 6, replication: 3, minInSync: 2, retention: 7d }
  test: { topicPrefix: test. }
`,
  'owners.yaml': `tenet: 1
teams:
  checkout: { name: Checkout, contact: c, pager: p, escalation: checkout }
  data-platform: { name: Data, contact: c, pager: p, escalation: checkout }
  payments: { name: Payments, contact: c, pager: p, escalation: checkout }
  warehouse: { name: Warehouse, contact: wares, pager: night, escalation: checkout, git: "@acme/warehouse" }
`,
  [contract]: `tenet: 1
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
schema: { type: object, properties: { uid: { type: string }, orderId: { type: string }, revision: { type: integer }, at: { type: string }, pair: { prefixItems: [{ type: string }] }, mail: { type: string } }, required: [uid, orderId, revision, at] }
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
  refusing: { owner: data-platform, backpressure: { policy: drop-newest, maxInFlight: 300, maxWaiting: 9000, approvedBy: data-platform } }
  plain: { owner: data-platform }
  fulfillment:
    owner: warehouse
    group: orders-fulfillment
    delivery: effectively-once
    idempotency: { key: [/orderId, /revision], window: 60d, store: postgres }
    retry: { attempts: 5, within: 10m, backoff: { initial: 200ms, factor: 2, max: 1s, jitter: none }, ratio: 20 %, nonRetryable: [Refused] }
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
`,
  // What the first one refers to, and what the exception permits.
  'orders/order-placed/v2.yaml': small('orders.order-placed', '2.0.0', 'false'),
  'orders/asked/v1.yaml': small('orders.asked', '1.0.0', 'true'),
  [exceptions]: `tenet: 1
exceptions:
  - { rule: design/caller-waits, contract: orders.asked, path: /traffic, reason: A pilot., expires: 2027-01-31 }
`,
};

function small(name: string, version: string, callerWaits: string): string {
  return `tenet: 1
name: ${name}
version: ${version}
description: Something happened.
owner: checkout
intent: async-processing
stakes: { loss: costly, duplicate: costly }
traffic: { average: 300/s, peak: 5000/s, payload: 1 KiB, callerWaits: ${callerWaits} }
topic: { partitions: 12, retention: 7d }
schema: { type: object, properties: { id: { type: string } }, required: [id] }
partitionKey: /id
ordering: per-key
producers: { checkout-api: { owner: checkout } }
`;
}

async function load(files: Files, label: string): Promise<ContractSet> {
  const [set, findings] = await loadContracts(memoryTree(files, label), { now: today });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (set === undefined || errors.length > 0)
    throw new Error(errors.map(({ at, message }) => `${at.path}:${at.line}:${at.column} ${message}`).join('\n'));
  return set;
}

/** What the change is about: the version itself has rules of its own. */
async function found(before: Files, after: Files): Promise<readonly Finding[]> {
  const text = after[contract] ?? '';
  const later = { ...after, [contract]: text.replace('version: 1.0.0', 'version: 1.1.0') };
  const sets = { before: await load(before, 'main:contracts'), after: await load(later, 'contracts') };
  const { contracts, workspace } = check({ ...sets, clock: { now: today }, payload: { compare, budgetMs: 5000 } });
  const all = [...contracts.flatMap(({ findings }) => findings), ...workspace];
  return all.filter(({ rule }) => !/^promise\/version-/.test(rule));
}

function moved(file: string, from: string, to: string): Files {
  const parts = (base[file] ?? '').split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} is written ${parts.length - 1} times`);
  return { ...base, [file]: parts.join(to) };
}

/** What other commits do meanwhile: lines move, words change, a consumer and a team come. */
function later(files: Files): Files {
  const text = (files[contract] ?? '')
    .replace(/^title: .*$/m, 'title: An order was placed')
    .replace('consumers:\n', '# Whoever comes first.\nconsumers:\n  aardvark: { owner: billing }\n');
  const owners = (files['owners.yaml'] ?? '').replace(
    'teams:\n',
    'teams:\n  billing: { name: Billing, contact: c, pager: p, escalation: checkout }\n',
  );
  return { ...files, [contract]: `# Later.\n\n${text}`, 'owners.yaml': `\n${owners}` };
}

function hold(findings: readonly Finding[], answer: Answer): void {
  const rules = findings.map(({ rule }) => rule);
  if ('finds' in answer) expect(rules).toContain(answer.finds);
  else {
    expect(rules.filter((rule) => !rule.startsWith('design/'))).toEqual([]);
    expect(answer.harmless.length).toBeGreaterThan(20);
  }
}

test('nothing is found between the workspace and itself', async () => {
  expect(await found(base, base)).toEqual([]);
});

test('what is new has nothing to be compared with', async () => {
  const [before] = await loadContracts(memoryTree({}, 'main:contracts'), { baseline: true });
  if (before === undefined) throw new Error('an empty baseline is an empty set');
  const { contracts, workspace } = check({
    before,
    after: await load(base, 'contracts'),
    clock: { now: today },
    payload: { compare, budgetMs: 5000 },
  });
  const rules = [...contracts.flatMap(({ findings }) => findings), ...workspace].map(({ rule }) => rule);
  expect(rules.filter((rule) => !rule.startsWith('design/'))).toEqual([]);
});

const tables: readonly (readonly [file: string, changes: readonly Change[]])[] = [
  [contract, contractChanges],
  ['tenet.yaml', workspaceChanges],
  ['owners.yaml', ownerChanges],
  [exceptions, exceptionChanges],
];

const promises = [...gateRules, ...promiseRules, ...workspaceRules];
const pairs = [...gateRules, ...promiseRules].map(({ id }) => id);

describe.each(tables)('%s', (file, changes) => {
  describe.each(changes)('$field', ({ moves }) => {
    test.each(moves)('$from → $to, and back', async ({ from, to, there, back }) => {
      const other = moved(file, from, to);
      const [forth, home] = [await found(base, other), await found(other, base)];
      hold(forth, there);
      hold(home, back);
      for (const { rule, at, against, hint, consumers } of [...forth, ...home]) {
        if (!promises.some(({ id }) => id === rule)) continue;
        expect([rule, against?.path, hint === undefined]).toEqual([rule, `main:${at.path}`, false]);
        if (pairs.includes(rule) && at.path === `contracts/${contract}`) expect(consumers?.length).toBeGreaterThan(0);
      }
    });

    test.each(moves)('$from → $to: later commits leave the fingerprints alone', async ({ from, to }) => {
      const other = moved(file, from, to);
      const prints = async (after: Files): Promise<readonly string[]> =>
        (await found(base, after)).map(({ rule, fingerprint }) => `${rule} ${fingerprint}`);
      expect(await prints(later(other))).toEqual(await prints(other));
    });

    test.each(moves)('$from → $to: the rule and its mirror say the same', ({ there, back }) => {
      for (const [one, other] of [
        [there, back],
        [back, there],
      ] as const) {
        const rule = 'finds' in one ? promises.find(({ id }) => id === one.finds) : undefined;
        if (rule === undefined) continue;
        const opposite = 'finds' in other ? { rule: other.finds } : 'harmless';
        expect('rule' in rule.mirror ? rule.mirror : 'harmless').toEqual(opposite);
      }
    });
  });
});

test('every promise rule is met by a move, or judges what no single field says', () => {
  const moving = new Set(
    tables.flatMap(([, changes]) =>
      changes.flatMap(({ moves }) =>
        moves.flatMap(({ there, back }) =>
          [there, back].flatMap((answer) => ('finds' in answer ? [answer.finds] : [])),
        ),
      ),
    ),
  );
  const apart = [
    'promise/contract-deleted',
    'promise/stream-joined',
    'promise/partition-key-type-changed',
    'promise/reads-unsatisfied',
  ];
  expect(
    promises
      .map(({ id }) => id)
      .filter((id) => !moving.has(id))
      .sort(),
  ).toEqual(apart.sort());
});

test.each([
  [contract, contractSchema, [...contractChanges.map(({ field }) => field), ...Object.keys(judgedApart)]],
  ['tenet.yaml', workspaceSchema, [...workspaceChanges.map(({ field }) => field), 'tenet']],
  ['owners.yaml', ownersSchema, [...ownerChanges.map(({ field }) => field), 'tenet']],
  [exceptions, exceptionsSchema, [...exceptionChanges.map(({ field }) => field), 'tenet']],
])('every field of %s has a row, and no row is of a field that is gone', (_, schema, rows) => {
  expect([...rows].sort()).toEqual(fieldsOf(schema).sort());
});

test('what is judged apart names a rule, or a reason', () => {
  const ids = everyRule.map(({ id }) => id);
  for (const why of Object.values(judgedApart))
    expect(why.includes('/') ? ids.includes(why) : why.length > 20).toBe(true);
});

test('policies hold what contracts hold, by the same definitions: their fields move under the names above', () => {
  const consumer = record(record(contractSchema.definitions.consumer).properties);
  for (const [kind, schema] of Object.entries(record(policiesSchema.properties))) {
    if (kind === 'tenet') continue;
    const shared = record(record(schema).additionalProperties).$ref;
    const own = record(record(contractSchema.properties)[kind]).$ref ?? record(consumer[kind]).$ref;
    expect([kind, shared]).toEqual([kind, `contract.schema.json${String(own)}`]);
  }
});
