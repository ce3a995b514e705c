import { expect, test } from 'vitest';
import { Exceptions, type Judged } from '../../../generator/src/checker/exceptions.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import type { ContractSet, Exception } from '../../../generator/src/model/contract-set.ts';
import { fixtures, loadLayers, today } from './check-fixture.ts';

const at = { path: 'contracts/exceptions/warehouse.yaml', line: 3, column: 5 };
const finding: Finding = {
  rule: 'promise/retry-budget-cut',
  severity: 'error',
  message: 'A failing record is given up earlier.',
  at: { path: 'contracts/orders/order-placed/v1.yaml', line: 20, column: 1 },
  contract: 'orders.order-placed',
  consumers: [
    { contract: 'orders.order-placed', consumer: 'analytics', team: 'data-platform' },
    { contract: 'orders.order-placed', consumer: 'fulfillment', team: 'warehouse' },
  ],
  hint: 'keep the budget',
  fingerprint: '0123456789ab',
};
const judged: Judged = {
  finding,
  names: [{ subject: '/consumers/fulfillment/retry/attempts', fingerprint: finding.fingerprint }],
  contract: 'orders.order-placed@1',
};

async function withEntries(...entries: Partial<Exception>[]): Promise<Exceptions> {
  const base = await loadLayers('contracts', [`${fixtures}/base-workspace`]);
  const exceptions = entries.map(
    (entry): Exception => ({
      team: 'warehouse',
      rule: finding.rule,
      contract: 'orders.order-placed',
      reason: 'Agreed.',
      expires: '2026-12-31',
      at,
      ...entry,
    }),
  );
  const set: ContractSet = { ...base, exceptions };
  return new Exceptions(set, { now: today });
}

const both = (entry: Partial<Exception>): Partial<Exception>[] => [entry, { ...entry, team: 'data-platform' }];

test('a finding that hits two teams needs two entries', async () => {
  const one = (await withEntries({ fingerprint: finding.fingerprint })).excuse(judged);
  expect(one).toMatchObject({
    rule: finding.rule,
    hint: 'keep the budget (warehouse signed; still to sign: data-platform)',
  });
  const two = (await withEntries(...both({ fingerprint: finding.fingerprint }))).excuse(judged);
  expect(two).toMatchObject({ finding, exceptions: [{ team: 'warehouse' }, { team: 'data-platform' }] });
});

test.each<[what: string, entry: Partial<Exception>, permits: boolean]>([
  ['the whole path', { path: '/consumers/fulfillment/retry/attempts' }, true],
  ['a path above', { path: '/consumers/fulfillment/retry' }, true],
  ['a path beside it', { path: '/consumers/fulfillment/retr' }, false],
  ['another fingerprint', { fingerprint: 'ffffffffffff' }, false],
  ['another rule', { rule: 'promise/delivery-weakened', fingerprint: finding.fingerprint }, false],
  ['another contract', { contract: 'orders.order-shipped', fingerprint: finding.fingerprint }, false],
  ['another major', { contract: 'orders.order-placed@2', fingerprint: finding.fingerprint }, false],
  ['this major', { contract: 'orders.order-placed@1', fingerprint: finding.fingerprint }, true],
  ['neither path nor fingerprint', {}, false],
  ['the last day', { fingerprint: finding.fingerprint, expires: '2026-11-21' }, true],
  ['the day after', { fingerprint: finding.fingerprint, expires: '2026-11-20' }, false],
])('%s', async (_, entry, permits) => {
  const answer = (await withEntries(...both(entry))).excuse(judged);
  expect('exceptions' in answer).toBe(permits);
});

test.each<[what: string, entry: Partial<Exception>]>([
  ['the path of either', { path: '/consumers/analytics/retry' }],
  ['the fingerprint of either', { fingerprint: 'ba9876543210' }],
])('where two consumers share one policy, %s is enough', async (_, entry) => {
  const other = { subject: '/consumers/analytics/retry/attempts', fingerprint: 'ba9876543210' };
  const answer = (await withEntries(...both(entry))).excuse({ ...judged, names: [...judged.names, other] });
  expect('exceptions' in answer).toBe(true);
});

test('a finding that hits no consumer is permitted by the owner of the contract', async () => {
  const { consumers: _, ...alone } = finding;
  const entry = { team: 'checkout', fingerprint: finding.fingerprint };
  expect((await withEntries(entry)).excuse({ ...judged, finding: alone })).toMatchObject({
    exceptions: [{ team: 'checkout' }],
  });
});

test('entries are complained about once, and only for families that were judged', async () => {
  const exceptions = await withEntries(
    { fingerprint: 'ffffffffffff' },
    { team: 'checkout', fingerprint: finding.fingerprint },
    { fingerprint: 'eeeeeeeeeeee', expires: '2026-01-01' },
  );
  exceptions.excuse(judged);
  expect(exceptions.complaints(['design']).map(({ rule }) => rule)).toEqual(['exception/foreign']);
  expect(exceptions.complaints(['design', 'promise']).map(({ rule }) => rule)).toEqual([
    'exception/unused',
    'exception/foreign',
  ]);
});

test('a warning needs no permission', async () => {
  const exceptions = await withEntries(...both({ fingerprint: finding.fingerprint }));
  expect(exceptions.excuse({ ...judged, finding: { ...finding, severity: 'warning' } })).toMatchObject({
    severity: 'warning',
  });
});
