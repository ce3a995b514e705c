// Contract sets for the tests of emitters: small, complete, and overridden one construct at a time.

import type { Consumer, Contract, DeadLetter, Producer } from '../../../generator/src/model/contract.ts';
import type { ContractSet, Team, Workspace } from '../../../generator/src/model/contract-set.ts';
import { durationOf, parseDuration, parseRate, parseShare, parseSize } from '../../../generator/src/model/units.ts';

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a sample is written in a unit that does not exist');
  return value;
}
export const time = (text: string) => known(parseDuration(text));
export const rate = (text: string) => known(parseRate(text));
export const size = (text: string) => known(parseSize(text));
export const share = (text: string) => known(parseShare(text));

export function aTeam(id: string, overrides: Partial<Team> = {}): Team {
  return { id, name: `Team ${id}`, contact: `#${id}`, pager: `${id}-on-call`, escalation: id, ...overrides };
}

export function aDeadLetter(overrides: Partial<DeadLetter> = {}): DeadLetter {
  return {
    owner: 'shop',
    investigateWithin: time('4h'),
    severity: 'warning',
    topic: 'shop.sold.v1.billing.dlq',
    retention: durationOf(7 * 86_400_000),
    after: 'follow',
    floodGuard: { share: share('50 %'), over: time('1m') },
    ...overrides,
  };
}

export function aConsumer(name = 'billing', overrides: Partial<Consumer> = {}): Consumer {
  return {
    name,
    owner: 'shop',
    group: `shop.sold.v1.${name}`,
    delivery: 'at-least-once',
    retry: {
      attempts: 4,
      within: time('5m'),
      backoff: { initial: time('200ms'), factor: 2, max: time('30s'), jitter: 'full' },
      ratio: share('20 %'),
      nonRetryable: [],
    },
    deadLetter: aDeadLetter({ topic: `shop.sold.v1.${name}.dlq` }),
    backpressure: { policy: 'block', maxInFlight: 500, maxWaiting: 5000 },
    reads: [],
    concurrency: 16,
    timeout: time('30s'),
    replayWindow: time('7d'),
    startFrom: 'earliest',
    onOffsetLost: 'fail',
    generated: true,
    ...overrides,
  };
}

/** A consumer of which nothing is known but that it reads. */
export function aCarelessConsumer(name = 'clicks'): Consumer {
  const { retry: _retry, deadLetter: _deadLetter, ...rest } = aConsumer(name, { delivery: 'at-most-once' });
  return rest;
}

export function aProducer(service = 'till', overrides: Partial<Producer> = {}): Producer {
  return { service, owner: 'shop', outbox: false, acks: 'all', onOverload: 'block', generated: true, ...overrides };
}

export function aContract(overrides: Partial<Contract> = {}): Contract {
  const topic = {
    name: 'shop.sold.v1',
    partitions: 6,
    replication: 3,
    minInSync: 2,
    retention: time('7d'),
    cleanup: 'delete',
    maxMessage: size('1 MiB'),
  } as const;
  return {
    name: 'shop.sold',
    domain: 'shop',
    event: 'sold',
    major: 1,
    version: '1.2.0',
    title: 'Sold',
    description: 'Something was sold.',
    owner: 'shop',
    status: 'active',
    intent: 'async-processing',
    stakes: { loss: 'costly', duplicate: 'costly' },
    traffic: { average: rate('10/s'), peak: rate('50/s'), payload: size('1 KiB'), callerWaits: false },
    topic,
    environments: [{ name: 'local', topic: { ...topic, replication: 1, minInSync: 1 } }],
    schema: { kind: 'avro', schema: { root: { kind: 'string', at: '' }, raw: 'string', size: 1 } },
    formats: 'annotate',
    encoding: 'json',
    tombstones: 'refuse',
    classification: [],
    partitionKey: { fields: ['/id'] },
    ordering: 'per-key',
    attributes: {},
    compatibility: 'full',
    rollout: time('7d'),
    producers: [],
    consumers: [],
    source: {
      path: 'contracts/shop/sold/v1.yaml',
      locate: () => ({ path: 'contracts/shop/sold/v1.yaml', line: 1, column: 1 }),
      written: () => undefined,
      locateSchema: () => ({ path: 'contracts/shop/sold/v1.yaml', line: 1, column: 1 }),
    },
    ...overrides,
  };
}

export function aSet(
  contracts: readonly Contract[],
  teams: readonly Team[] = [aTeam('shop')],
  workspace: Partial<Workspace> = {},
): ContractSet {
  return {
    label: 'contracts',
    workspace: { package: '@acme/events', schemaDialect: '2020-12', metrics: 'tenet', ...workspace },
    teams: new Map(teams.map((team) => [team.id, team])),
    contracts,
    exceptions: [],
    locate: () => ({ path: 'contracts/tenet.yaml', line: 1, column: 1 }),
    textOf: () => undefined,
  };
}

/** Strings that mean something to YAML, Go templates, PromQL, Markdown or HTML. */
export const hostile =
  'a "quoted" `tick` | pipe \\ {{ $value }} <script>alert(1)</script> */ # not: a\nheading\n---\n[x](y) $m$ $ {z} @x';
