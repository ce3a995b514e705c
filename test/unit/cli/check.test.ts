import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aFolder, aRepository, aWorkspace, edit, git, put, tenet } from './a-workspace.ts';

const contract = 'contracts/orders/order-placed/v1.yaml';

function breakIt(folder: string): void {
  edit(folder, contract, 'version: 1.0.0', 'version: 1.1.0');
  edit(folder, contract, '    revision: {', '    currency: { type: string }\n    revision: {');
  edit(folder, contract, 'required: [orderId,', 'required: [currency, orderId,');
}

test('contracts in order: one line, exit code 0', () => {
  expect(tenet(aWorkspace(), ['check'])).toEqual({ code: 0, out: 'no findings in 1 contract · 0.0 s\n', err: '' });
});

test('a breaking change against Git: what breaks, an event that shows it, whom it hits, the way out', () => {
  const folder = aRepository();
  breakIt(folder);
  const { code, out, err } = tenet(folder, ['check', '--against', 'main']);
  expect({ code, err }).toEqual({ code: 100, err: '' });
  expect(out).toBe(`contracts/orders/order-placed/v1.yaml  orders.order-placed 1.0.0 → 1.1.0

  error  payload/required-added      contracts/orders/order-placed/v1.yaml:17:14
  \`currency\` is new and required: events published before this change are
  rejected.

      15 │     revision: { type: integer }
      16 │     lines: { type: array, items: { type: string } }
    > 17 │   required: [currency, orderId, revision, lines]
         │              ^^^^^^^^
      18 │ partitionKey: /orderId

    at main, v1.yaml
    < 16 │   required: [orderId, revision, lines]
         │   ^^^^^^^^ was not declared

  an event of yesterday that would be dead-lettered tomorrow
      { "orderId": "order-1", "revision": 0, "lines": [] }
      against 1.0.0

  hits  analytics (data-platform), fulfillment (warehouse)
  way out  give it a default, or make it required in three steps: consumers read
           both forms, producers switch, the old form goes when its last events
           are gone (29d)
  permit  fingerprint 2acdfc9b3c2d, signed by data-platform, warehouse

  error  promise/version-bump-too-small
         contracts/orders/order-placed/v1.yaml:3:10
  A breaking change is a new major in a new file, not 1.1.0.

      1 │ tenet: 1
      2 │ name: orders.order-placed
    > 3 │ version: 1.1.0
        │          ^^^^^ was 1.0.0 at main, v1.yaml:3
      4 │ description: An order was accepted.

  hits  analytics (data-platform), fulfillment (warehouse)
  way out  copy the contract to \`v2.yaml\` with version 2.0.0 and a topic of its
           own, or undo what breaks
  permit  fingerprint baea1909bbce, signed by data-platform, warehouse

2 errors in 1 of 1 contract · 0 unchanged · 0.0 s
`);
});

test('nothing but the count is printed of contracts that did not change', () => {
  const folder = aRepository();
  edit(folder, contract, 'duplicate: costly', 'duplicate: catastrophic');
  git(folder, 'commit', '-qam', 'a warning of old');
  expect(tenet(folder, ['check', '--against', 'main']).out).toBe('no findings in 1 contract · 1 unchanged · 0.0 s\n');
  expect(tenet(folder, ['check']).out).toContain('warning  design/follow-breaks-order');
});

test('a compatible change is said in words', () => {
  const folder = aRepository();
  edit(folder, contract, 'version: 1.0.0', 'version: 1.1.0');
  edit(folder, contract, '    revision: {', '    giftNote: { type: string, default: "" }\n    revision: {');
  const { code, out } = tenet(folder, ['check', '--against', 'main']);
  expect({ code, out }).toEqual({
    code: 0,
    out: `contracts/orders/order-placed/v1.yaml  orders.order-placed 1.0.0 → 1.1.0
  + /giftNote optional string, default \`""\` · consumers ignore it until they
    read it

no findings in 1 contract · 0 unchanged · 0.0 s
`,
  });
});

test('against a folder, without Git', () => {
  const folder = aWorkspace();
  cpSync(join(folder, 'contracts'), join(folder, 'released'), { recursive: true });
  edit(folder, contract, 'ordering: per-key', 'ordering: none');
  const { code, out } = tenet(folder, ['check', '--against', 'released'], { PATH: '/nowhere' });
  expect(code).toBe(100);
  expect(out).toContain('error  promise/ordering-weakened');
  expect(out).toContain('was per-key at released/orders/order-placed/v1.yaml:18');
});

test('an exception in force is said first, and the rest is clean', () => {
  const folder = aRepository();
  edit(folder, contract, 'version: 1.0.0', 'version: 1.1.0');
  edit(folder, contract, 'delivery: at-least-once', 'delivery: at-most-once');
  put(
    folder,
    'contracts/exceptions/data-platform.yaml',
    'tenet: 1\nexceptions:\n  - rule: promise/delivery-weakened\n    contract: orders.order-placed\n    path: /delivery\n    reason: Reports are recomputed every night.\n    expires: 2099-12-31\n',
  );
  const { code, out } = tenet(folder, ['check', '--against', 'main']);
  expect(out).toBe(`The gate is loosened

  permitted  promise/delivery-weakened
             contracts/orders/order-placed/v1.yaml:22:11
  Delivery is now at-most-once instead of at-least-once: events can be lost.
      data-platform until 2099-12-31: Reports are recomputed every night.

contracts/orders/order-placed/v1.yaml  orders.order-placed 1.0.0 → 1.1.0

no findings in 1 contract · 0 unchanged · 0.0 s
`);
  expect(code).toBe(0);
});

test('JSON for machines', () => {
  const folder = aRepository();
  breakIt(folder);
  const { code, out } = tenet(folder, ['check', '--against', 'main', '--format', 'json']);
  const report: unknown = JSON.parse(out);
  expect(code).toBe(100);
  expect(report).toMatchObject({
    version: 1,
    command: 'check',
    against: 'main',
    contracts: 1,
    unchanged: 0,
    excused: [],
    changes: [{ contract: 'orders.order-placed@1', state: 'changed', before: '1.0.0', after: '1.1.0' }],
    errors: 2,
    warnings: 0,
    findings: [
      {
        rule: 'payload/required-added',
        severity: 'error',
        contract: 'orders.order-placed',
        at: { path: contract, line: 17, column: 14 },
        against: { was: 'was not declared', path: `main:${contract}` },
        consumers: [
          { consumer: 'analytics', team: 'data-platform' },
          { consumer: 'fulfillment', team: 'warehouse' },
        ],
        witness: { event: { orderId: 'order-1', revision: 0, lines: [] }, versions: ['1.0.0'] },
        fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
      { rule: 'promise/version-bump-too-small' },
    ],
  });
});

test('a broken file: the loader’s findings, and a word that the rules did not run', () => {
  const folder = aWorkspace();
  edit(folder, contract, 'ordering: per-key', 'ordering: sometimes');
  const { code, out, err } = tenet(folder, ['check']);
  expect({ code, err }).toEqual({ code: 100, err: '' });
  expect(out).toContain('error  contract/unknown-value');
  expect(out).toMatch(/1 error · the rules did not run: the contracts could not all be read · 0\.0 s\n$/);
});

test.each<[what: string, args: readonly string[], code: number, says: string]>([
  ['no such ref', ['--against', 'release-9'], 1, 'there is no commit, branch or tag `release-9` here'],
  ['a ref like an option', ['--against=-x'], 1, '`-x` is not the name of a commit'],
  ['no such folder', ['--contracts', 'kontracts'], 2, 'there is no folder `kontracts` here'],
  ['a file for a folder', ['--contracts', contract], 2, 'is a file, not a folder of contracts'],
])('%s: one sentence and a way on', (_, args, code, says) => {
  const ended = tenet(aRepository(), ['check', ...args]);
  expect(ended).toMatchObject({ code, out: '' });
  expect(ended.err).toContain(says);
  expect(ended.err).not.toMatch(/\n {4}at /);
});

test.each<[what: string, env: NodeJS.ProcessEnv, says: string]>([
  ['outside of a repository', {}, 'is not inside of a Git repository'],
  ['without Git', { PATH: '/nowhere' }, 'Git is not installed'],
])('%s there is nothing to compare with', (_, env, says) => {
  const ended = tenet(aWorkspace(), ['check', '--against', 'main'], { GIT_CEILING_DIRECTORIES: '/', ...env });
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toContain(says);
});

test('a baseline that cannot be read is no clean bill', () => {
  const folder = aRepository();
  edit(folder, contract, 'ordering: per-key', 'ordering: sometimes');
  git(folder, 'commit', '-qam', 'broken');
  edit(folder, contract, 'ordering: sometimes', 'ordering: per-key');
  const ended = tenet(folder, ['check', '--against', 'main']);
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toContain('the contracts of `main` cannot be read');
  expect(ended.err).toContain('main:contracts/orders/order-placed/v1.yaml:18:11 contract/unknown-value');
});

test('a baseline without contracts: everything is new', () => {
  const folder = aWorkspace();
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'nothing yet');
  expect(tenet(folder, ['check', '--against', 'main'])).toMatchObject({
    code: 0,
    out: `contracts/orders/order-placed/v1.yaml  orders.order-placed 1.0.0 (new)

no findings in 1 contract · nothing to compare with at main · 0.0 s
`,
  });
});

test('a deleted contract with consumers is an error at its place in the baseline', () => {
  const folder = aRepository();
  rmSync(join(folder, 'contracts/orders'), { recursive: true });
  const { code, out } = tenet(folder, ['check', '--against', 'main']);
  expect(code).toBe(100);
  expect(out).toContain('main:contracts/orders/order-placed/v1.yaml  orders.order-placed 1.0.0 (deleted)');
  expect(out).toContain('error  promise/contract-deleted');
});

test('--now moves the clock', () => {
  const folder = aWorkspace();
  edit(folder, contract, 'intent:', 'status: deprecated\nremoveAfter: 2030-01-31\nintent:');
  expect(tenet(folder, ['check', '--now', '2030-01-30']).out).toContain('no findings');
  expect(tenet(folder, ['check', '--now', '2030-02-01']).out).toContain('warning  design/deprecated-past-date');
});

test('colour is for terminals, or for those who ask; NO_COLOR says no', () => {
  const folder = aWorkspace();
  edit(folder, contract, 'duplicate: costly', 'duplicate: catastrophic');
  const sequence = '\u001b[';
  expect(tenet(folder, ['check']).out).not.toContain(sequence);
  expect(tenet(folder, ['check'], { FORCE_COLOR: '1' }).out).toContain(sequence);
  expect(tenet(folder, ['check'], { FORCE_COLOR: '0' }).out).not.toContain(sequence);
  expect(tenet(folder, ['check'], { NO_COLOR: '1' }).out).not.toContain(sequence);
});

test('a reader that goes away early ends the command quietly', () => {
  const folder = aFolder();
  const main = new URL('../../../generator/src/cli/main.ts', import.meta.url).pathname;
  const shell = spawnSync('sh', ['-c', `"${process.execPath}" --conditions=tenet-source "${main}" explain | true`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ code: shell.status, err: shell.stderr }).toEqual({ code: 0, err: '' });
});
