// Prometheus' own judge on everything that is generated, and the judge judged: rules that are changed in one place
// each must fail the tests that ship with them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertRules } from '../../../../generator/src/emitters/alert-rules/alert-rules.emitter.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { checkRules, testRules } from '../../../support/promtool.ts';
import { filesOf } from '../golden.ts';
import { aSet } from '../sample-set.ts';
import { workedSet } from '../worked-set.ts';
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
  test('passes what is generated from the worked contracts', async () => {
    await passes('worked', await workedSet());
  });

  const judged = { ...extremes, 'prefixed-environment': cases['prefixed-environment'] ?? aSet([]) };
  test.each(Object.entries(judged))('passes rules and tests: %s', passes);

  // Each alert of the cases runs against its own tests below.
  test.each(Object.entries(cases))('reads rules: %s', async (name, set) => {
    const rules = (await write(`read-${name}`, set)).filter((file) => file.endsWith('.rules.yaml'));
    if (rules.length > 0) expect(checkRules(rules).code).toBe(0);
  });
});

async function passes(name: string, set: ContractSet): Promise<void> {
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
}

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

interface ShippedTest {
  readonly name: string;
  readonly alert_rule_test: readonly { readonly alertname: string }[];
}

interface Shipped {
  readonly rule: Rule;
  /** The alert's own part of the file of tests. */
  readonly tests: readonly ShippedTest[];
}

/** Every alert once, from the first case that has it. */
async function everyAlert(): Promise<ReadonlyMap<string, Shipped>> {
  const alerts = new Map<string, Shipped>();
  for (const set of Object.values(cases)) {
    const files = await filesOf(alertRules, set);
    for (const [path, text] of Object.entries(files)) {
      if (!path.endsWith('.rules.yaml')) continue;
      const { tests } = parse(files[path.replace('.rules.', '.test.')] ?? '');
      for (const rule of parse(text).groups[0].rules as Rule[]) {
        if (alerts.has(rule.alert)) continue;
        const own = tests.filter(({ name }: { name: string }) => name.startsWith(`${rule.alert}:`));
        alerts.set(rule.alert, { rule, tests: own });
      }
    }
  }
  return alerts;
}

/**
 * Which of these rules pass the tests, by position. They are tried side by side, each under a name of its own: starting
 * a test costs promtool far more than evaluating a rule.
 */
function passing(name: string, rules: readonly Rule[], tests: Shipped['tests']): readonly boolean[] {
  const own = join(folder, 'changed', name);
  mkdirSync(own, { recursive: true });
  const named = rules.map((rule, i) => ({ ...rule, alert: `${name}_${i}` }));
  writeFileSync(join(own, 'rules.yaml'), stringify({ groups: [{ name: 'x', rules: named }] }));
  const checks = (test: ShippedTest) =>
    test.alert_rule_test.flatMap((check) => named.map(({ alert }) => ({ ...check, alertname: alert })));
  writeFileSync(
    join(own, 'test.yaml'),
    stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '1m',
      tests: tests.map((test) => ({ ...test, alert_rule_test: checks(test) })),
    }),
  );
  // A change that Prometheus cannot read would prove nothing about the tests.
  const checked = checkRules([join(own, 'rules.yaml')]);
  expect(checked.output).toContain(`SUCCESS: ${rules.length} rules found`);
  const { output } = testRules([join(own, 'test.yaml')]);
  const failed = new Set([...output.matchAll(/alertname: (\S+), time: /g)].map(([, alert]) => alert));
  return named.map(({ alert }) => !failed.has(alert));
}

test('the tests that ship with a rule pass it, and fail each change of it', async () => {
  const alerts = await everyAlert();
  expect(alerts.size).toBe(19);
  const survivors: string[] = [];
  let changes = 0;
  for (const [name, { rule, tests }] of alerts) {
    const changed = mutants(rule).filter(([change]) => !harmless(name, change));
    const [original, ...others] = passing(name, [rule, ...changed.map(([, mutant]) => mutant)], tests);
    expect(`${name} ${original}`).toBe(`${name} true`);
    changes += changed.length;
    survivors.push(...changed.filter((_, i) => others[i] === true).map(([change]) => `${name} ${change}`));
  }
  expect(survivors).toEqual([]);
  expect(changes).toBeGreaterThan(200);
});
