import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { everyExplainedRule, everyRule, explainedFamilies } from '../../../generator/src/checker/catalogue.ts';
import { designRules } from '../../../generator/src/checker/design/index.ts';
import { check } from '../../../generator/src/checker/index.ts';
import { gateRules, promiseRules, versionRules, workspaceRules } from '../../../generator/src/checker/promise/index.ts';
import { rulesPage } from '../../../generator/src/checker/rules-page.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { fixtures, loadLayers, print, today } from './check-fixture.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const comparing = [...gateRules, ...promiseRules, ...versionRules, ...workspaceRules];

test.each([
  ['design', designRules],
  ['promise', comparing],
] as const)('%s: every rule file is registered, under the name of its file', (family, rules) => {
  const folder = join(repository, 'generator/src/checker', family);
  const files = readdirSync(folder).filter((name) => name.endsWith('.rule.ts'));
  expect(rules.map(({ id }) => `${id}.rule.ts`).sort()).toEqual(files.map((name) => `${family}/${name}`).sort());
});

test('ids are unique, and belong to their family', () => {
  expect(new Set(everyExplainedRule.map(({ id }) => id)).size).toBe(everyExplainedRule.length);
  for (const { name, rules } of explainedFamilies) {
    for (const { id } of rules) expect(id).toMatch(new RegExp(`^${name}/[a-z]+(-[a-z]+)*$`));
  }
});

test.each(everyExplainedRule.map((rule) => [rule.id, rule] as const))(
  '%s says what holds and why',
  (_, { summary, why }) => {
    expect(summary).toMatch(/^[A-Z][^\n]*\.$/);
    expect(why).toMatch(/^[A-Z`][^\n]{40,}\.$/);
  },
);

test.each(everyRule.map(({ id }) => [id]))('%s has a case that fails and one that passes', (id) => {
  const folder = join(fixtures, id);
  const cases = existsSync(folder) ? readdirSync(folder) : [];
  const found = cases.map((name) => readFileSync(join(folder, name, 'expected.txt'), 'utf8').includes(` ${id}\n`));
  expect(found).toContain(true);
  expect(found).toContain(false);
});

test.each(comparing.map((rule) => [rule.id, rule.mirror] as const))(
  '%s: its mirror exists, or why there is none',
  (_, mirror) => {
    if ('rule' in mirror) expect(everyRule.map(({ id }) => id)).toContain(mirror.rule);
    else expect(mirror.harmless.length).toBeGreaterThan(20);
  },
);

describe('nothing is found between a workspace and itself', () => {
  const cases = ['design', 'promise', 'payload'].flatMap((family) =>
    readdirSync(join(fixtures, family), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(before|after)$/.test(path))
      .map((path) => join(family, path)),
  );
  test.each(cases)('%s', async (path) => {
    const folders = [join(fixtures, 'base-workspace'), join(fixtures, path)];
    const [after, before] = [await loadLayers('contracts', folders), await loadLayers('contracts', folders)];
    const report = check({ after, before, clock: { now: today }, payload: { compare, budgetMs: 5000 } });
    expect(report.contracts.map(({ state }) => state)).toEqual(report.contracts.map(() => 'unchanged'));
    expect(print(report)).not.toMatch(/ (error|warning|note) (promise|payload)\//);
  });
});

test('docs/rules.md is what the rules say', () => {
  const file = join(repository, 'docs/rules.md');
  if (process.env.UPDATE === '1') writeFileSync(file, rulesPage());
  expect(readFileSync(file, 'utf8')).toBe(rulesPage());
});
