/**
 * One pull request in every format, compared whole with `test/fixtures/reports`; `UPDATE=1` writes what the command
 * prints. What machines read is judged by the official schemas too.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemsOfGitlab, problemsOfJunit, problemsOfSarif } from '../diagnostics/official-schemas.ts';
import { aRepository, git, tenet } from './a-workspace.ts';

const fixture = join(import.meta.dirname, '../../fixtures/reports/pull-request');

const files: Readonly<Record<string, string>> = {
  json: 'report.json',
  github: 'report.github.txt',
  gitlab: 'report.gitlab.json',
  junit: 'report.junit.xml',
  markdown: 'report.md',
  sarif: 'report.sarif',
};

/** One contract breaks with its gate loosened, one is compatible, one is gone, one is new, one is permitted. */
function pullRequest(): string {
  const folder = aRepository();
  cpSync(join(fixture, 'before'), join(folder, 'contracts'), { recursive: true });
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'before');
  rmSync(join(folder, 'contracts/orders/order-cancelled'), { recursive: true });
  cpSync(join(fixture, 'after'), join(folder, 'contracts'), { recursive: true });
  return folder;
}

function holds(file: string, text: string): void {
  const expected = join(fixture, file);
  if (process.env.UPDATE === '1') writeFileSync(expected, text);
  expect.soft(text, file).toBe(readFileSync(expected, 'utf8'));
}

test('text is printed while six files are written; what is in them is official, and says what loosens the gate first', async () => {
  const folder = pullRequest();
  const outputs = Object.entries(files).flatMap(([format, file]) => ['--format', `${format}=${file}`]);
  const { code, out, err } = tenet(folder, ['check', '--against', 'main', ...outputs]);
  const printed = new Map(
    Object.entries(files).map(([format, file]) => [format, readFileSync(join(folder, file), 'utf8')]),
  );
  expect({ code, err }).toEqual({ code: 100, err: '' });

  holds('report.txt', out);
  for (const [format, file] of Object.entries(files)) {
    holds(file, (printed.get(format) ?? '').replace(/ time="\d+\.\d{3}"/, ' time="0.000"'));
  }
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);

  expect(problemsOfSarif(printed.get('sarif') ?? '')).toEqual([]);
  expect(problemsOfGitlab(printed.get('gitlab') ?? '')).toEqual([]);
  expect(await problemsOfJunit(printed.get('junit') ?? '')).toEqual([]);

  const report: Record<'findings' | 'excused', { rule: string }[]> = JSON.parse(printed.get('json') ?? '');
  const [first = '', ...others] = report.findings.map(({ rule }) => rule);
  const loosening = [first, ...report.excused.map(({ rule }) => rule)];
  expect(loosening).toEqual(['promise/compatibility-loosened', 'promise/delivery-weakened']);
  for (const text of [out, ...printed.values()]) {
    const places = loosening.map((rule) => text.indexOf(rule));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    // SARIF describes its rules before it lists results, in the same order.
    for (const rule of others) expect(text.indexOf(rule)).toBeGreaterThan(Math.max(...places));
  }
}, 60_000);
