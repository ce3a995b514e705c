import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderTree } from '../../../generator/src/baseline/folder-tree.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';
import { contractText, memoryTree, workspace } from './memory-tree.ts';
import { workSince } from './work-time.ts';

/** Input that is too large, or too strange, to be kept as a fixture. Each must be said within two seconds of work. */
const contract = 'orders/order-placed/v1.yaml';
const schema = 'orders/order-placed/v1.schema.json';

async function findings(tree: FileTree): Promise<string[]> {
  const started = process.cpuUsage();
  const [, found] = await loadContracts(tree);
  expect(workSince(started)).toBeLessThan(2000);
  return found.map(({ at, rule }: Finding) => `${at.path}:${at.line}:${at.column} ${rule}`);
}

const withFile = (file: string, content: string | Uint8Array) => memoryTree({ ...workspace, [file]: content });

test('a contract of five megabytes is not read', async () => {
  const large = `${contractText}# ${'x'.repeat(5 * 1024 * 1024)}\n`;
  expect(await findings(withFile(contract, large))).toEqual([
    'contracts/orders/order-placed/v1.yaml:1:1 contract/file-too-large',
  ]);
});

test('a schema of five megabytes is not read', async () => {
  const large = `{ "description": "${'x'.repeat(5 * 1024 * 1024)}" }`;
  expect(await findings(withFile(schema, large))).toEqual([
    'contracts/orders/order-placed/v1.schema.json:1:1 contract/file-too-large',
  ]);
});

test('where every schema is missing, names are not guessed for all of them', async () => {
  const events = Array.from({ length: 150 }, (_, index) => `event-${index}`);
  const contracts = events.map((event) => [
    `orders/${event}/v1.yaml`,
    contractText.replaceAll('order-placed', event).replace('v1.schema.json', 'v2.schema.json'),
  ]);
  const schemas = events.map((event) => [`orders/${event}/v1.schema.json`, '{}']);
  const tree = memoryTree({ ...workspace, ...Object.fromEntries([...contracts, ...schemas]) });
  const [, found] = await loadContracts(tree);
  expect(found.map(({ rule }) => rule)).toEqual(events.map(() => 'contract/reference-missing'));
  expect(found.filter(({ hint }) => hint?.startsWith('Did you mean'))).toHaveLength(100);
});

test('a binary file is said to be none', async () => {
  const bytes = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256);
  expect(await findings(withFile(contract, bytes))).toEqual([
    'contracts/orders/order-placed/v1.yaml:1:1 contract/not-text',
  ]);
});

test.each([
  ['brackets', '['.repeat(100_000), 1, 501],
  ['maps in brackets', '{a: '.repeat(50_000), 1, 2001],
  ['dashes', '- '.repeat(100_000), 1, 1],
  ['explicit keys', '? '.repeat(100_000), 1, 1],
])('a wall of %s is not followed', async (_, text, line, column) => {
  expect(await findings(withFile(contract, text))).toEqual([
    `contracts/${contract}:${line}:${column} contract/too-deep`,
  ]);
});

test('maps one below the other are followed to a hundred levels', async () => {
  const steep = Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
  expect(await findings(withFile(contract, steep))).toEqual([`contracts/${contract}:101:101 contract/too-deep`]);
});

test('a schema nests as deep', async () => {
  const steep = `${'{"not":'.repeat(50_000)}true${'}'.repeat(50_000)}`;
  expect(await findings(withFile(schema, steep))).toEqual([`contracts/${schema}:1:701 contract/too-deep`]);
});

test('a map of twenty thousand keys is not validated key by key', async () => {
  const wide = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('');
  const policies = `${workspace['policies.yaml']}lag:\n${wide.replaceAll('k', '  k')}`;
  expect(await findings(withFile('policies.yaml', policies))).toEqual([
    'contracts/policies.yaml:1:1 contract/file-too-large',
  ]);
});

test('text that only quotes open is refused', async () => {
  expect(await findings(withFile(contract, `tenet: "${'\\'.repeat(100_001)}`))).toHaveLength(1);
});

test.each([
  ['half of a character', '"\\ud800.json"', 'reference-refused'],
  ['a control character', '"a\\u0001.json"', 'reference-refused'],
  ['a lone percent sign', '"%.json"', 'reference-refused'],
  ['nothing', '""', 'reference-cycle'],
])('a reference to %s', async (_, reference, rule) => {
  const text = contractText
    .replace('./v1.schema.json', reference)
    .replace('../../policies.yaml#/retry/standard', reference);
  const found = await findings(withFile(contract, text));
  expect(found.filter((line) => line.includes(rule))).toEqual([
    `contracts/${contract}:10:17 contract/${rule}`,
    `contracts/${contract}:16:16 contract/${rule}`,
  ]);
});

test('a schema that refers to its own contract leads in a circle', async () => {
  const text = contractText.replace('./v1.schema.json', './v1.yaml#/schema');
  expect(await findings(withFile(contract, text))).toEqual([`contracts/${contract}:10:17 contract/reference-cycle`]);
});

test('an empty folder lacks a workspace, and as a baseline it is an empty one', async () => {
  expect(await findings(memoryTree({}))).toEqual([
    'contracts/owners.yaml:1:1 contract/missing-file',
    'contracts/tenet.yaml:1:1 contract/missing-file',
  ]);
  const [set, found] = await loadContracts(memoryTree({}), { baseline: true });
  expect([set?.contracts, found]).toEqual([[], []]);
});

test('JSON that no contract refers to is never looked at', async () => {
  expect(await findings(withFile('corpus/broken.json', '{'))).toEqual([]);
});

test('a baseline does not expire', async () => {
  const expired =
    'tenet: 1\nexceptions:\n  - rule: design/x\n    contract: orders.order-placed\n    path: /topic\n    reason: agreed\n    expires: 2020-01-01\n';
  const tree = withFile('exceptions/checkout.yaml', expired);
  expect((await loadContracts(tree, { baseline: true }))[1]).toEqual([]);
  expect((await loadContracts(tree))[1]).toHaveLength(1);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

test('symbolic links out of the root, to folders and to nowhere are not followed', async () => {
  const root = join(folder, 'contracts');
  const { [schema]: schemaText = '', ...rest } = workspace;
  write(root, { ...rest, 'shared/order.json': schemaText });
  write(folder, { 'secret.json': schemaText });
  symlinkSync(join(folder, 'secret.json'), join(root, 'orders/order-placed/secret.json'));
  symlinkSync('../..', join(root, 'orders/loop'));
  symlinkSync('nowhere.json', join(root, 'orders/dangling.json'));
  symlinkSync('.hidden', join(root, '.#v1.yaml'));
  symlinkSync('../../shared/order.json', join(root, schema));
  const tree = folderTree(root, 'contracts');
  expect(tree.list()).toEqual([...Object.keys(rest), schema, 'shared/order.json'].sort());
  expect(await findings(tree)).toEqual([
    'contracts/orders/dangling.json:1:1 contract/symbolic-link',
    'contracts/orders/loop:1:1 contract/symbolic-link',
    'contracts/orders/order-placed/secret.json:1:1 contract/symbolic-link',
  ]);
  expect(tree.read('orders/order-placed/secret.json')).toBeUndefined();
  expect(tree.read('../secret.json')).toBeUndefined();
});

test('a file of many megabytes on disk is cut, and refused', async () => {
  write(folder, { ...workspace, [contract]: 'x'.repeat(6 * 1024 * 1024) });
  const tree = folderTree(folder, 'contracts');
  expect(tree.read(contract)).toHaveLength(2 * 1024 * 1024);
  expect(await findings(tree)).toEqual([`contracts/${contract}:1:1 contract/file-too-large`]);
});
