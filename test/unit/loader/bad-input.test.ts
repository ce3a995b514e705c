import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderTree } from '../../../generator/src/baseline/folder-tree.ts';
import { contractRules } from '../../../generator/src/diagnostics/catalogue.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { printText } from '../../../generator/src/diagnostics/text-printer.ts';
import { loadContracts, treeText } from '../../../generator/src/loader/load-contracts.ts';
import type { FileTree } from '../../../generator/src/model/file-tree.ts';
import { workSince } from './work-time.ts';

/**
 * Every folder of `bad-input` is laid over the sound workspace `base`; `expected.txt` holds the exact findings with
 * their places. `UPDATE=1` rewrites it, and the reviewer reads the difference.
 */
const fixtures = fileURLToPath(new URL('../../fixtures/bad-input', import.meta.url));
const cases = readdirSync(fixtures)
  .filter((name) => name !== 'base')
  .sort();
const rules = ['promise/retention-shortened', 'design/caller-waits'];
const now = new Date('2026-11-21T12:00:00Z');

function overlay(over: FileTree): FileTree {
  const base = folderTree(join(fixtures, 'base'), 'contracts');
  const names = [...new Set([...base.list(), ...over.list()])].filter((name) => name !== 'expected.txt').sort();
  return {
    label: 'contracts',
    list: () => names,
    read: (path) => over.read(path) ?? base.read(path),
    refused: () => over.refused?.() ?? new Map(),
  };
}

export function line({ at, severity, rule, message, hint, contract }: Finding): string {
  const end = at.endLine === undefined ? '' : `-${at.endLine}:${at.endColumn}`;
  const head = `${at.path}:${at.line}:${at.column}${end} ${severity} ${rule}${contract === undefined ? '' : ` (${contract})`}`;
  return `${head}\n  ${message}${hint === undefined ? '' : `\n  → ${hint}`}\n`;
}

async function load(tree: FileTree) {
  const started = process.cpuUsage();
  const [set, findings] = await loadContracts(tree, { rules, now });
  return { set, findings, elapsed: workSince(started) };
}

/** What holds for every finding, whatever it says. */
function expectSound(findings: readonly Finding[], tree: FileTree): void {
  for (const { rule, message, at, fingerprint } of findings) {
    expect(Object.keys(contractRules)).toContain(rule);
    expect(message).not.toMatch(/undefined|NaN|\[object|Error:|\n {2,}at /);
    expect(message).toMatch(/\.$/);
    expect(fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(at.line).toBeGreaterThan(0);
    expect(at.column).toBeGreaterThan(0);
  }
  expect(printText(findings, { textOf: treeText(tree), colour: false })).not.toContain('undefined');
}

test('the base is sound', async () => {
  const { set, findings } = await load(folderTree(join(fixtures, 'base'), 'contracts'));
  expect(findings).toEqual([]);
  expect(set?.contracts.map(({ name }) => name)).toEqual(['orders.order-placed']);
});

test('there are more than forty kinds', () => {
  expect(cases.length).toBeGreaterThan(40);
});

describe.each(cases)('%s', (name) => {
  test('gives exactly the findings it should, quickly', async () => {
    const tree = overlay(folderTree(join(fixtures, name), 'contracts'));
    const { findings, elapsed } = await load(tree);
    const printed = findings.map(line).join('');
    const expected = join(fixtures, name, 'expected.txt');
    if (process.env.UPDATE === '1') writeFileSync(expected, printed);
    expect(printed).toBe(existsSync(expected) ? readFileSync(expected, 'utf8') : '');
    expect(printed).not.toBe('');
    expectSound(findings, tree);
    expect(elapsed).toBeLessThan(2000);
  });
});
