import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metrics } from '@tenet/runtime/metric-names';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertRules } from '../../../../generator/src/emitters/alert-rules/alert-rules.emitter.ts';
import { expectGolden, filesOf } from '../golden.ts';
import { cases, extremes } from './cases.ts';

describe('alert rules', () => {
  test.each(Object.entries(cases))('%s', async (name, set) => {
    await expectGolden(alertRules, name, set);
  });

  test.each(Object.entries({ ...cases, ...extremes }))('the same input gives the same bytes: %s', async (_, set) => {
    expect(await filesOf(alertRules, set)).toEqual(await filesOf(alertRules, set));
  });

  test('every alert carries what a person on call needs', async () => {
    for (const set of Object.values(cases)) {
      const files = await filesOf(alertRules, set);
      for (const [path, text] of Object.entries(files)) {
        if (!path.endsWith('.rules.yaml')) continue;
        for (const rule of parse(text).groups[0].rules) {
          const who = path.includes('/consumers/') ? 'consumer' : 'service';
          expect(Object.keys(rule.labels)).toEqual(['severity', 'team', 'contract', who]);
          expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook_url', 'dashboard_url']);
          expect(rule.annotations.summary).toMatch(/^[^{}]+\.$/);
        }
      }
    }
  });

  test('each alert has a test that it fires and a test that it does not', async () => {
    for (const set of Object.values(cases)) {
      const files = await filesOf(alertRules, set);
      for (const [path, text] of Object.entries(files)) {
        if (!path.endsWith('.rules.yaml')) continue;
        const alerts: string[] = parse(text).groups[0].rules.map((rule: { alert: string }) => rule.alert);
        const checks: { alertname: string; exp_alerts: unknown[] }[] = parse(
          files[path.replace('.rules.yaml', '.test.yaml')] ?? '',
        ).tests.flatMap((one: { alert_rule_test: unknown[] }) => one.alert_rule_test);
        for (const alert of alerts) {
          const own = checks.filter(({ alertname }) => alertname === alert);
          expect(own.some((check) => check.exp_alerts.length === 1)).toBe(true);
          expect(own.some((check) => check.exp_alerts.length === 0)).toBe(true);
        }
        expect(new Set(alerts).size).toBe(alerts.length);
      }
    }
  });

  test('what the rules read is exported by the runtime', async () => {
    const rules = (await Promise.all(Object.values(cases).map((set) => filesOf(alertRules, set))))
      .flatMap((files) => Object.entries(files))
      .filter(([path]) => path.endsWith('.rules.yaml'))
      .map(([, text]) => text)
      .join('');
    const read = Object.entries(metrics).filter(([, { name }]) => rules.includes(name));
    expect(read.length).toBeGreaterThan(10);

    const folder = fileURLToPath(new URL('../../../../runtime/src', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('metric-names.ts'))
      .map((path) => readFileSync(join(folder, path), 'utf8'))
      .join('');
    const silent = read.map(([key]) => key).filter((key) => !sources.includes(`'${key}'`));
    expect(silent).toEqual([]);
  });
});
