import { describe, expect, test } from 'vitest';
import { KnownContracts } from '../../../generator/src/loader/known-contracts.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { FieldPath } from '../../../generator/src/model/contract.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { memoryTree, workspace } from './memory-tree.ts';

const contract = 'orders/order-placed/v1.yaml';
const files: Readonly<Record<string, string>> = {
  ...workspace,
  'tenet.yaml': `${workspace['tenet.yaml']}environments:\n  staging: { maxPartitions: 2 }\n`,
  'payments/payment-captured/v1.yaml': (workspace[contract] ?? '')
    .replaceAll('orders.order-placed', 'payments.payment-captured')
    .replace('picking: { owner: platform }', 'ledger: { $ref: ./ledger.yaml }')
    .replace('./v1.schema.json', '../../orders/order-placed/v1.schema.json'),
  'payments/payment-captured/ledger.yaml': 'owner: platform\n',
};

/** The second tree loaded with what was learned from the first, and loaded alone. */
async function loadAfter(first: Readonly<Record<string, string>>, second: Readonly<Record<string, string>>) {
  const known = new KnownContracts();
  const [before] = await loadContracts(memoryTree(first, 'main:contracts'), { known, baseline: true });
  const [after, findings] = await loadContracts(memoryTree(second), { known });
  const [alone, findingsAlone] = await loadContracts(memoryTree(second));
  return { before, after, findings, alone, findingsAlone };
}

/** Names of the contracts that were not loaded again. */
function shared(before: ContractSet | undefined, after: ContractSet | undefined): string[] {
  return (after?.contracts ?? [])
    .filter(({ name, topic }) => before?.contracts.some((old) => old.name === name && old.topic === topic))
    .map(({ name }) => name);
}

const paths: readonly FieldPath[] = [
  ['owner'],
  ['retry', 'within'],
  ['consumers', 'ledger', 'owner'],
  ['consumers', 'picking', 'retry', 'attempts'],
  ['environments', 'staging', 'maxPartitions'],
  ['rollout'],
];

/** Everything about a set that rules can see. */
function visible(set: ContractSet | undefined) {
  return set?.contracts.map(({ source, ...contract }) => ({
    contract,
    path: source.path,
    places: paths.map((path) => [source.locate(path), source.written(path)]),
    schema: source.locateSchema({ document: '', pointer: '/properties/orderId' }),
  }));
}

test('a workspace that has not changed is loaded once, and says its own places', async () => {
  const { before, after, alone, findings } = await loadAfter(files, files);
  expect(findings).toEqual([]);
  expect(shared(before, after)).toEqual(['orders.order-placed', 'payments.payment-captured']);
  expect(visible(after)).toEqual(visible(alone));
  expect(after?.contracts[0]?.source.locate(['owner']).path).toBe(`contracts/${contract}`);
  expect(after?.contracts[0]?.source.locate(['retry', 'within']).path).toBe('contracts/policies.yaml');
  expect(before?.contracts[0]?.source.locate(['owner']).path).toBe(`main:contracts/${contract}`);
});

describe('what a contract is made of makes it another one', () => {
  test.each([
    ['tenet.yaml', []],
    ['policies.yaml', []],
    ['owners.yaml', ['orders.order-placed', 'payments.payment-captured']],
    [contract, ['payments.payment-captured']],
    ['orders/order-placed/v1.schema.json', []],
    ['payments/payment-captured/v1.yaml', ['orders.order-placed']],
    ['payments/payment-captured/ledger.yaml', ['orders.order-placed']],
  ])('%s', async (file, same) => {
    const { before, after, alone, findings } = await loadAfter(files, { ...files, [file]: ` \n${files[file]}` });
    expect(findings).toEqual([]);
    expect(shared(before, after)).toEqual(same);
    expect(visible(after)).toEqual(visible(alone));
  });
});

test('a team that is gone is missed by every contract that names it', async () => {
  const owners = (files['owners.yaml'] ?? '').replaceAll('platform', 'infra');
  const { findings, findingsAlone } = await loadAfter(files, { ...files, 'owners.yaml': owners });
  expect(findings).toEqual(findingsAlone);
  expect(findings.map(({ rule, at }) => `${at.path} ${rule}`)).toEqual([
    `contracts/${contract} contract/unknown-team`,
    'contracts/payments/payment-captured/ledger.yaml contract/unknown-team',
  ]);
});

test('a contract with findings is looked at again', async () => {
  const wrong = { ...files, [contract]: (files[contract] ?? '').replace('owner: checkout\n', 'owner: nobody\n') };
  const { before, after, findings, findingsAlone } = await loadAfter(wrong, wrong);
  expect(shared(before, after)).toEqual(['payments.payment-captured']);
  expect(findings).toEqual(findingsAlone);
  expect(findings).toHaveLength(1);
});

test('several versions are known at a time', async () => {
  const known = new KnownContracts();
  const older = { ...files, [contract]: `# older\n${files[contract]}` };
  const [first] = await loadContracts(memoryTree(older, 'v1:contracts'), { known });
  const [second] = await loadContracts(memoryTree(files, 'v2:contracts'), { known });
  const [third] = await loadContracts(memoryTree(older), { known });
  expect(shared(first, second)).toEqual(['payments.payment-captured']);
  expect(shared(first, third)).toEqual(['orders.order-placed', 'payments.payment-captured']);
  expect(shared(second, third)).toEqual(['payments.payment-captured']);
});
