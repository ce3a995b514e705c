/** What the page shows is run; what it lists is what there is. `UPDATE=1` writes what the commands print. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../generator/src/cli/exit-codes.ts';
import { aRepository, edit, put, tenet, typed } from '../cli/a-workspace.ts';
import { readPage, root } from './code-blocks.ts';

const path = 'docs/cli.md';

/** The block behind `<!-- run: … -->`. */
function shown(command: string): string {
  const [, rest] = readPage(path).split(`<!-- run: ${command} -->\n`);
  return /^```\w+\n([\s\S]*?)```\n/.exec(rest ?? '')?.[1] ?? '';
}

/** `judged` leaves out what may be one thing today and another tomorrow: which of many events is shown. */
function holds(command: string, printed: string, judged = (text: string) => text): void {
  if (process.env.UPDATE === '1') {
    const [before = '', rest = ''] = readPage(path).split(`<!-- run: ${command} -->\n`);
    const block = rest.replace(/^(```\w+\n)[\s\S]*?(```\n)/, (_, start: string, end: string) => start + printed + end);
    writeFileSync(join(root, path), `${before}<!-- run: ${command} -->\n${block}`);
  }
  expect(judged(shown(command))).toBe(judged(printed));
}

function pullRequest(): string {
  const folder = aRepository();
  const contract = 'contracts/orders/order-placed/v1.yaml';
  edit(folder, contract, 'version: 1.0.0', 'version: 1.1.0');
  edit(folder, contract, '    revision: {', '    giftNote: { type: string, default: "" }\n    revision: {');
  edit(folder, contract, 'lines: { type: array', 'lines: { minItems: 1, type: array');
  edit(folder, contract, 'delivery: at-least-once', 'delivery: at-most-once');
  put(
    folder,
    'contracts/exceptions/data-platform.yaml',
    'tenet: 1\nexceptions:\n  - rule: promise/delivery-weakened\n    contract: orders.order-placed\n    path: /delivery\n    reason: Reports are recomputed every night.\n    expires: 2099-12-31\n',
  );
  return folder;
}

test('the JSON of a check', () => {
  const { code, out, err } = tenet(pullRequest(), ['check', '--against', 'main', '--format', 'json']);
  expect({ code, err }).toEqual({ code: exitCodes.findings, err: '' });
  holds('tenet check --against main --format json', out, (text) => text.replace(/"event": \{[^}]*\}/g, '"event": {}'));
});

test('every key of it is explained, and every key that is explained is there', () => {
  const page = readPage(path);
  const report: Record<string, unknown> = JSON.parse(shown('tenet check --against main --format json'));
  const section = page.split('\n## JSON\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(
    ([, keys = '']) => keys.match(/(?<=`)[\w[\].]+(?=`)/g) ?? [],
  );
  const findings = (report.findings as Record<string, unknown>[]).flatMap((finding) => Object.keys(finding));
  const keys = [...Object.keys(report), ...new Set(findings.map((key) => `findings[].${key}`))];
  expect([...rows].sort()).toEqual([...keys, 'comparedWith', 'findings[].whoPays'].sort());
});

test('the changelog of the same pull request', () => {
  const { code, out, err } = tenet(pullRequest(), ['diff', '--against', 'main']);
  expect({ code, err }).toEqual({ code: exitCodes.clean, err: '' });
  holds('tenet diff --against main', out);
});

test.each(['schema compare --batch', 'schema compare --avro --batch'])('the lines of %s', async (command) => {
  const questions = shown(`tenet ${command}`).match(/(?<=^> ).*/gm) ?? [];
  expect(questions.length).toBeGreaterThan(1);
  const { code, out } = await typed(command.split(' '), { input: questions.join('\n') });
  expect(code).toBe(0);
  const answers = out.trimEnd().split('\n');
  const lines = questions.flatMap((question, at) => [
    `> ${question}`,
    answers[at]?.replace(/"micros":\d+/, '"micros":412'),
  ]);
  holds(`tenet ${command}`, `${lines.join('\n')}\n`);
});

test('the commands, their options and the exit codes are those of the program', async () => {
  const page = readPage(path);
  const rows = [...page.matchAll(/^\| `tenet ([a-z ]+?)(?: \[[^|]*)?` \| [^|]* \|(.*)\|$/gm)];
  expect(rows.map(([, command]) => command)).toEqual(['check', 'diff', 'generate', 'explain', 'schema compare']);
  for (const [, command = '', options = ''] of rows) {
    const { out } = await typed([...command.split(' '), '--help']);
    const offered = [...out.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect([...(options.match(/--[a-z-]+/g) ?? []), '--help'].sort()).toEqual([...offered].sort());
  }
  const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes.sort()).toEqual(Object.values(exitCodes).sort());
});
