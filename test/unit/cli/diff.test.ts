import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aFolder, aRepository, aWorkspace, edit, git, put, tenet } from './a-workspace.ts';

const contract = 'contracts/orders/order-placed/v1.yaml';

test('without --against: what is not committed', () => {
  const folder = aRepository();
  expect(tenet(folder, ['diff'])).toEqual({ code: 0, out: 'no contract changed since HEAD\n', err: '' });
  edit(folder, contract, 'attempts: 4', 'attempts: 9');
  expect(tenet(folder, ['diff'])).toEqual({
    code: 0,
    out: `1 of 1 contract changed since HEAD: nothing breaks a consumer

orders.order-placed 1.0.0
owned by checkout · contracts/orders/order-placed/v1.yaml

  for analytics (data-platform), fulfillment (warehouse)
    ~ failing records are tried 9 instead of 4 times: given up later

0 breaking · 1 other change · 0 unchanged
`,
    err: '',
  });
  git(folder, 'commit', '-qam', 'more patience');
  expect(tenet(folder, ['diff']).out).toBe('no contract changed since HEAD\n');
  expect(tenet(folder, ['diff', '--against', 'HEAD~1']).out).toContain('tried 9 instead of 4 times');
});

test('what breaks is what the check finds, and the exit code is 0: a changelog is no gate', () => {
  const folder = aRepository();
  edit(folder, contract, 'ordering: per-key', 'ordering: none');
  edit(folder, contract, 'lines: {', 'note: { type: string }\n    lines: {');
  edit(folder, contract, 'required: [orderId,', 'required: [note, orderId,');
  const checked = JSON.parse(tenet(folder, ['check', '--against', 'HEAD', '--format', 'json']).out);
  const { code, out } = tenet(folder, ['diff', '--format', 'json']);
  const { contracts } = JSON.parse(out);
  const blocking = checked.findings.filter(
    ({ rule, severity }: { rule: string; severity: string }) => severity === 'error' && !rule.includes('/version-'),
  );
  const essence = ({ rule, message, fingerprint }: Record<string, string>) => ({ rule, message, fingerprint });
  expect(code).toBe(0);
  expect(contracts[0].breaking.map(essence)).toEqual(blocking.map(essence));
  expect(blocking.map(({ rule }: { rule: string }) => rule)).toEqual([
    'payload/required-added',
    'promise/ordering-weakened',
  ]);
});

test('against a folder, without Git', () => {
  const folder = aWorkspace();
  cpSync(join(folder, 'contracts'), join(folder, 'released'), { recursive: true });
  edit(folder, contract, 'retention: 7d', 'retention: 8d');
  const { code, out } = tenet(folder, ['diff', '--against', 'released'], { PATH: '/nowhere' });
  expect(code).toBe(0);
  expect(out).toContain('~ events are kept for 8d instead of 7d: more of the past can be read again');
});

test('the contracts that are named, of either version, and nothing else', () => {
  const folder = aRepository();
  cpSync(join(folder, contract), join(folder, 'contracts/orders/order-paid/v1.yaml'), { recursive: true });
  edit(folder, 'contracts/orders/order-paid/v1.yaml', 'name: orders.order-placed', 'name: orders.order-paid');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'another contract');
  rmSync(join(folder, 'contracts/orders/order-paid'), { recursive: true });
  edit(folder, contract, 'attempts: 4', 'attempts: 9');
  const titles = (...names: string[]): readonly string[] =>
    tenet(folder, ['diff', ...names]).out.match(/^orders\..*/gm) ?? [];
  expect(titles()).toEqual(['orders.order-paid 1.0.0 (deleted)', 'orders.order-placed 1.0.0']);
  expect(titles('orders.order-placed')).toEqual(['orders.order-placed 1.0.0']);
  expect(titles('orders.order-paid@1')).toEqual(['orders.order-paid 1.0.0 (deleted)']);
  expect(tenet(folder, ['diff', 'orders.order-place'])).toEqual({
    code: 2,
    out: '',
    err: 'tenet: there is no contract `orders.order-place`, now or before.\n  did you mean `orders.order-placed`?\n',
  });
});

test('contracts that cannot be read are findings', () => {
  const folder = aRepository();
  edit(folder, contract, 'delivery: at-least-once', 'delivery: sometimes');
  const { code, out } = tenet(folder, ['diff']);
  expect(code).toBe(100);
  expect(out).toContain('contract/unknown-value');
  expect(out).toMatch(/1 error: nothing was compared with HEAD\n$/);
  const { complete, findings } = JSON.parse(tenet(folder, ['diff', '--format', 'json']).out);
  expect([complete, findings.length]).toEqual([false, 1]);
});

test('a baseline that is not there is a sentence', () => {
  const { code, out, err } = tenet(aRepository(), ['diff', '--against', 'nowhere']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('nowhere');
  const outside = tenet(aFolder(), ['diff']);
  expect(outside.code).toBe(2);
});

test('colours on a terminal only, and never alone', () => {
  const folder = aRepository();
  edit(folder, contract, 'ordering: per-key', 'ordering: none');
  const plain = tenet(folder, ['diff']).out;
  const coloured = tenet(folder, ['diff'], { FORCE_COLOR: '1' }).out;
  expect(plain).not.toContain('\u001b');
  expect(coloured).toContain('\u001b[31m!');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
});

test('a contract that is new to a repository without contracts', () => {
  const folder = aFolder();
  git(folder, 'init', '-q', '-b', 'main');
  put(folder, 'README.md', 'nothing yet\n');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'first');
  cpSync(join(aWorkspace(), 'contracts'), join(folder, 'contracts'), { recursive: true });
  const { code, out } = tenet(folder, ['diff']);
  expect(code).toBe(0);
  expect(out).toContain('orders.order-placed 1.0.0 (new)');
});
