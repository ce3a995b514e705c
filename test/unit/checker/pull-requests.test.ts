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

const renamed = (name: string) => expect.stringContaining(`renamed to ${name}`);

describe('what is renamed is not what it was, and the way out says so', () => {
  test('a consumer', async () => {
    const after = edited(base, contract, '  fulfillment:', '  picking:');
    expect(await review(base, after)).toEqual([
      renamed('picking'),
      'promise/version-not-bumped contracts/orders/order-placed/v1.yaml:3:10',
    ]);
  });

  test('a contract', async () => {
    const { [contract]: text = '', ...others } = edited(base, contract, 'order-placed', 'order-accepted');
    const after = { ...others, 'orders/order-accepted/v1.yaml': text };
    expect(await review(base, after)).toEqual([expect.stringContaining('`replacedBy: orders.order-accepted@1`')]);
  });
});

describe('nothing is found where nothing changed but the writing', () => {
  const consumer =
    '  fulfillment:\n    owner: warehouse\n    delivery: effectively-once\n    idempotency: { key: [/orderId, /revision], window: 30d }\n    reads: [/orderId]\n';
  const schema = /schema:\n(( {2}.*\n)+)/.exec(base[contract] ?? '')?.[1] ?? '';
  const cases: readonly (readonly [string, Files])[] = [
    ['comments and empty lines', edited(base, contract, 'partitionKey:', '# why\n\n\npartitionKey:')],
    ['CRLF', Object.fromEntries(Object.entries(base).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]))],
    [
      'the order of keys',
      edited(
        edited(base, contract, 'owner: checkout\nintent', 'intent'),
        contract,
        'ordering:',
        'owner: checkout\nordering:',
      ),
    ],
    [
      'flow against block',
      edited(
        base,
        contract,
        'traffic: { average: 300/s, peak: 5000/s, payload: 1 KiB }',
        'traffic:\n  payload: 1 KiB\n  peak: 5000/s\n  average: 300/s',
      ),
    ],
    ['a unit', edited(base, contract, 'within: 5m', 'within: 300s')],
    [
      'a default written out',
      edited(base, contract, 'retention: 7d', 'retention: 7d, replication: 3, cleanup: delete'),
    ],
    [
      'a consumer in a file of its own',
      {
        ...edited(base, contract, consumer, '  fulfillment: { $ref: ../../warehouse/order-placed.yaml }\n'),
        'warehouse/order-placed.yaml': consumer
          .split('\n')
          .slice(1)
          .map((line) => line.slice(4))
          .join('\n'),
      },
    ],
    [
      'a policy behind a $ref',
      {
        ...edited(
          base,
          contract,
          'retry: { attempts: 4, within: 5m }',
          'retry: { $ref: ../../policies.yaml#/retry/usual }',
        ),
        'policies.yaml': 'tenet: 1\nretry:\n  usual: { within: 5m, attempts: 4 }\n',
      },
    ],
    [
      'a schema in a file of its own',
      {
        ...edited(base, contract, `schema:\n${schema}`, 'schema: { $ref: ./moved.yaml }\n'),
        'orders/order-placed/moved.yaml': schema.replaceAll(/^ {2}/gm, ''),
      },
    ],
    [
      'a part of the schema in $defs',
      edited(
        edited(base, contract, '{ type: string }\n', '{ $ref: "#/$defs/id" }\n'),
        contract,
        '  type: object\n',
        '  $defs: { id: { type: string } }\n  type: object\n',
      ),
    ],
  ];

  test.each(cases)('%s', async (_, after) => {
    expect([await review(base, after), await review(after, base)]).toEqual([[], []]);
  });
});

test('a policy that changes behind a $ref is found in every contract that has it, where it is written', async () => {
  const policies = (attempts: number) => `tenet: 1\nretry:\n  usual: { within: 5m, attempts: ${attempts} }\n`;
  const refers = edited(
    base,
    contract,
    'retry: { attempts: 4, within: 5m }',
    'retry: { $ref: ../../policies.yaml#/retry/usual }',
  );
  const files = { ...refers, 'policies.yaml': policies(4) };
  expect(await review(files, { ...files, 'policies.yaml': policies(2) })).toEqual([
    'promise/retry-budget-cut contracts/policies.yaml:3:34',
    'promise/version-not-bumped contracts/orders/order-placed/v1.yaml:3:10',
  ]);
});

test('a new major beside the old one is new, and takes nothing from anybody', async () => {
  const next = edited(base, contract, 'version: 1.0.0', 'version: 2.0.0')[contract] ?? '';
  expect(await review(base, { ...base, 'orders/order-placed/v2.yaml': next })).toEqual([]);
});
