import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkRules, testRules } from '../../support/promtool.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenet-promtool-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function rules(name: string, expr: string): string {
  const file = join(folder, name);
  writeFileSync(file, `groups: [{ name: g, rules: [{ alert: Down, expr: '${expr}' }] }]\n`);
  return file;
}

test('a good rule passes, a bad one is named', () => {
  expect(checkRules([rules('good.yml', 'up == 0')]).code).toBe(0);
  const bad = checkRules([rules('bad.yml', 'up === 0')]);
  expect(bad.code).toBe(1);
  expect(bad.output).toContain('could not parse expression');
});

test('a rule test that expects the wrong thing fails', () => {
  rules('rules.yml', 'up == 0');
  const cases = (value: string): string => {
    const file = join(folder, `test-${value}.yml`);
    const alert = '{ exp_labels: { job: a } }';
    const series = `input_series: [{ series: 'up{job="a"}', values: '${value}' }]`;
    const check = `alert_rule_test: [{ eval_time: 0s, alertname: Down, exp_alerts: [${alert}] }]`;
    writeFileSync(file, `rule_files: [rules.yml]\ntests: [{ interval: 1m, ${series}, ${check} }]\n`);
    return file;
  };
  expect(testRules([cases('0')])).toMatchObject({ code: 0 });
  expect(testRules([cases('1')])).toMatchObject({ code: 1 });
});
