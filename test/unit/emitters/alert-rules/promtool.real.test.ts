// Prometheus' own judge on everything that is generated, and the judge judged: rules that are changed in one place
// each must fail the tests that ship with them.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertRules } from '../../../../generator/src/emitters/alert-rules/alert-rules.emitter.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { checkRules, testRules } from '../../../support/promtool.ts';
import { filesOf } from '../golden.ts';
import { cases, extremes } from './cases.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenet-alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(name: string, set: ContractSet): Promise<readonly string[]> {
  const files = await filesOf(alertRules, set);
  return Object.entries(files).map(([path, text]) => {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  });
}

describe('promtool', () => {
  test.each(Object.entries({ ...cases, ...extremes }))('accepts rules and tests: %s', async (name, set) => {
    const files = await write(name, set);
    const rules = files.filter((file) => file.endsWith('.rules.yaml'));
    const tests = files.filter((file) => file.endsWith('.test.yaml'));
    expect(tests).toHaveLength(rules.length);
    if (rules.length === 0) return;
    const checked = checkRules(rules);
    expect(checked.output).toMatch(/SUCCESS/);
    expect(checked.code).toBe(0);
    const tested = testRules(tests);
    expect(tested.output).not.toMatch(/FAILED/);
    expect(tested.code).toBe(0);
  });
});

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The places of a text that match, each replaced on its own. */
function each(text: string, pattern: RegExp, change: (found: string) => string): string[] {
  return [...text.matchAll(pattern)].map((match) => {
    const at = match.index;
    return text.slice(0, at) + change(match[0]) + text.slice(at + match[0].length);
  });
}

/** The rule, changed in one place each, by what was changed. */
function mutants(rule: Rule): [string, Rule][] {
  const expr = (name: string, texts: string[]): [string, Rule][] =>
    texts.map((text, i) => [`${name} ${i}: ${text}`, { ...rule, expr: text }]);
  const minutes = Number.parseInt(rule.for, 10);
  return [
    ['for longer', { ...rule, for: `${minutes + 1}m` }],
    ...(minutes > 0 ? [['for shorter', { ...rule, for: `${minutes - 1}m` }] satisfies [string, Rule]] : []),
    ...expr(
      'comparison turned',
      each(rule.expr, / > /g, () => ' < '),
    ),
    ...expr(
      'threshold up',
      each(rule.expr, /(?<= > )[\d.]+/g, (n) => String(n === '0' ? 1 : Number(n) * 2 + 1)),
    ),
    ...expr(
      'threshold down',
      each(rule.expr, /(?<= > )[\d.]+/g, (n) => String(n === '0' ? -1 : Number(n) / 2)),
    ),
    ...expr(
      'window shorter',
      each(rule.expr, /(?<=\[)\d+m(?=\])/g, () => '2m'),
    ),
    ...expr(
      'matcher dropped',
      ['contract', 'consumer', 'service', 'topic']
        .map((label) => rule.expr.replaceAll(new RegExp(`(?<=[{ ])${label}="[^"]*"(, |(?=}))`, 'g'), ''))
        .filter((text) => text !== rule.expr),
    ),
    ...expr(
      'factor',
      each(rule.expr, /(?<= \* )2/g, () => '4'),
    ),
    ...expr(
      'factor',
      each(rule.expr, /(?<= \* )2/g, () => '1'),
    ),
    ...expr(
      'unless instead of and',
      each(rule.expr, /\nand /g, () => '\nunless '),
    ),
    ...expr(
      'and instead of unless',
      each(rule.expr, /\nunless /g, () => '\nand '),
    ),
    ...expr(
      'sum instead of max',
      each(rule.expr, /max by/g, () => 'sum by'),
    ),
    ...expr(
      'clamp removed',
      each(rule.expr, /clamp_min/g, () => 'clamp_max'),
    ),
    ['another team', { ...rule, labels: { ...rule.labels, team: 'nobody' } }],
    ['another severity', { ...rule, labels: { ...rule.labels, severity: 'debug' } }],
    ['another runbook', { ...rule, annotations: { ...rule.annotations, runbook_url: 'x' } }],
    ['another description', { ...rule, annotations: { ...rule.annotations, description: '{{ $value }}' } }],
  ];
}

/**
 * Changes that nobody could notice: progress must be missing for longer than the window in which it is looked for, so
 * that the window's length plays no part.
 */
function harmless(alert: string, change: string): boolean {
  return alert === 'TenetNoProgress' && /^window shorter [123]:/.test(change);
}

describe('the tests that ship with a rule catch a change of it', () => {
  const seen = new Set<string>();

  test.each(Object.entries(cases))('%s', async (name, set) => {
    const files = await write(`mutants-${name}`, set);
    const survivors: string[] = [];
    for (const file of files.filter((path) => path.endsWith('.rules.yaml'))) {
      const { groups } = parse(readFileSync(file, 'utf8'));
      const rules: Rule[] = groups[0].rules;
      const { tests, ...settings } = parse(readFileSync(file.replace('.rules.', '.test.'), 'utf8'));
      for (const rule of rules) {
        if (seen.has(rule.alert)) continue;
        seen.add(rule.alert);
        const own = tests.filter((one: { name: string }) => one.name.startsWith(`${rule.alert}:`));
        writeFileSync(file.replace('.rules.', '.test.'), stringify({ ...settings, tests: own }));
        for (const [change, mutant] of mutants(rule)) {
          writeFileSync(file, stringify({ groups: [{ name: 'x', rules: [mutant] }] }));
          const { code, output } = testRules([file.replace('.rules.', '.test.')]);
          if (code === 0 && !harmless(rule.alert, change)) survivors.push(`${rule.alert} ${change}`);
          // A mutant that Prometheus cannot read proves nothing about the tests.
          expect(output).not.toMatch(/parse error|could not parse/);
        }
      }
    }
    expect(survivors).toEqual([]);
  });
});
