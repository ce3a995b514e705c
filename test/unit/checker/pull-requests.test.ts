import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../../generator/src/checker/index.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { memoryTree } from '../loader/memory-tree.ts';
import { fixtures, today } from './check-fixture.ts';

/** What reviewers meet: the files of a pull request, before and after, and every finding in the order of the report. */
type Files = Readonly<Record<string, string>>;

const contract = 'orders/order-placed/v1.yaml';
const base = workspace();

function workspace(): Files {
  const root = join(fixtures, 'base-workspace');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return Object.fromEntries(paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]));
}

function edited(files: Files, file: string, from: string, to: string): Files {
  const text = files[file] ?? '';
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
  return { ...files, [file]: text.replaceAll(from, () => to) };
}

async function load(files: Files, label: string): Promise<ContractSet> {
  const [set, findings] = await loadContracts(memoryTree(files, label), { now: today });
  if (set === undefined) throw new Error(findings.map(({ at, message }) => `${at.path}:${at.line} ${message}`).join());
  return set;
}

async function review(before: Files, after: Files): Promise<readonly string[]> {
  const { contracts, workspace: general } = check({
    after: await load(after, 'contracts'),
    before: await load(before, 'main:contracts'),
    clock: { now: today },
    payload: { compare, budgetMs: 5000 },
  });
  return [...contracts.flatMap(({ findings }) => findings), ...general].map(
    ({ rule, at, hint }) =>
      `${rule} ${at.path}:${at.line}:${at.column}${/renamed/.test(hint ?? '') ? ` (${hint})` : ''}`,
  );
}

describe('a schema in a shared file', () => {
  const money = { type: 'object', required: ['currency'], properties: { currency: { enum: ['EUR', 'USD'] } } };
  const shared = (currencies: readonly string[]): string =>
    JSON.stringify({ $defs: { money: { ...money, properties: { currency: { enum: currencies } } } } });
  const refers = edited(base, contract, 'lines: {', 'total: { $ref: "../../shared.json#/$defs/money" }\n    lines: {');
  const two = edited(refers, contract, 'order-placed', 'order-paid')[contract] ?? '';
  const files = { ...refers, 'orders/order-paid/v1.yaml': two, 'shared.json': shared(['EUR', 'USD']) };

  test('breaks every contract that refers to it, with an event that shows it', async () => {
    const narrowed = await review(files, { ...files, 'shared.json': shared(['EUR']) });
    expect(narrowed).toEqual([
      'payload/enum-narrowed contracts/shared.json:1:86',
      'promise/version-not-bumped contracts/orders/order-paid/v1.yaml:3:10',
      'payload/enum-narrowed contracts/shared.json:1:86',
      'promise/version-not-bumped contracts/orders/order-placed/v1.yaml:3:10',
    ]);
  });
});
