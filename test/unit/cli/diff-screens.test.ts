import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changelogOf } from '../../../generator/src/checker/changes/changelog.ts';
import { check } from '../../../generator/src/checker/index.ts';
import { printDiffJson } from '../../../generator/src/cli/diff-json.ts';
import { printDiffMarkdown } from '../../../generator/src/cli/diff-markdown.ts';
import type { DiffScreen } from '../../../generator/src/cli/diff-sections.ts';
import { printDiffText } from '../../../generator/src/cli/diff-text.ts';
import { columns } from '../../../generator/src/diagnostics/visible.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { fixtures, loadLayers, today } from '../checker/check-fixture.ts';

/** test/fixtures/diff/<case>/{before,after}, laid over the base workspace. UPDATE=1 writes what is printed. */
const cases = readdirSync(join(fixtures, 'diff'));

async function screenOf(name: string, sides: readonly [string, string] = ['before', 'after']): Promise<DiffScreen> {
  const layers = (side: string) => [join(fixtures, 'base-workspace'), join(fixtures, 'diff', name, side)];
  const before = await loadLayers('main:contracts', layers(sides[0]));
  const after = await loadLayers('contracts', layers(sides[1]));
  const report = check({ after, before, clock: { now: today }, payload: { compare, budgetMs: 5000 } });
  return { ...changelogOf(report, { before, after }), against: 'main' };
}

function golden(name: string, file: string, printed: string): void {
  const path = join(fixtures, 'diff', name, file);
  if (process.env.UPDATE === '1') writeFileSync(path, printed);
  expect(printed).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `there is no ${file} yet`);
}

describe.each(cases)('%s', (name) => {
  test('as text', async () => {
    const text = printDiffText(await screenOf(name), { colour: false, width: 80 });
    golden(name, 'expected.txt', text);
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(80);
  });

  test('as Markdown', async () => {
    golden(name, 'expected.md', printDiffMarkdown(await screenOf(name)));
  });

  test('every line of the changelog is in the JSON', async () => {
    const screen = await screenOf(name);
    const { contracts, workspace } = JSON.parse(printDiffJson(screen));
    expect(contracts.map(({ changes }: { changes: unknown[] }) => changes.length)).toEqual(
      screen.contracts.map(({ changes }) => changes.length),
    );
    expect(workspace).toEqual(screen.workspace);
  });

  test('nothing is said of the same contracts', async () => {
    const text = printDiffText(await screenOf(name, ['after', 'after']), { colour: false, width: 80 });
    expect(text).toBe('no contract changed since main\n');
  });
});
