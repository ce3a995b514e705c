import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { everyExplainedRule } from '../../../generator/src/checker/catalogue.ts';
import { aFolder, aWorkspace, put, tenet, typed } from './a-workspace.ts';

const commands = [['check'], ['generate'], ['explain'], ['schema', 'compare']];

test.each(commands.map((command) => [command.join(' '), command]))(
  '%s --help shows examples and exit codes',
  async (_, command) => {
    const { code, out, err } = await typed([...command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Usage: tenet /);
    expect(out).toContain(`\nExamples:\n  $ tenet ${command.join(' ')}`);
    expect(out).toContain('\nExit codes:\n  0    clean\n  100  findings');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test.each<[args: readonly string[], says: string]>([
  [['chek'], "unknown command 'chek'\n(Did you mean check?)"],
  [['check', '--agianst', 'main'], "unknown option '--agianst'\n(Did you mean --against?)"],
  [['check', '--format', 'xml'], 'there is no format `xml`'],
  [['check', '--format', 'sarf=x.sarif'], 'did you mean `sarif`?'],
  [['check', '--format', 'sarif='], '`--format sarif=` names no file'],
  [['check', '--format', 'json', '--format', 'text'], 'standard output takes one format'],
  [['check', '--format', 'json=./out', '--format', 'text=out'], 'two formats cannot be written to one file, `out`'],
  [['check', '--against'], "option '--against <ref|folder|archive>' argument missing"],
  [['check', 'orders'], 'a folder is named with `--contracts <dir>`'],
  [['check', '--contracts', ''], '--contracts wants a folder, and was given nothing'],
  [['check', '--against', ''], '--against wants a Git ref, a folder or an archive, and was given nothing'],
  [['generate', '--out', ' '], '--out wants a folder, and was given nothing'],
  [['check', '--now', 'soon'], '--now wants an ISO time, not `soon`'],
  [['explain', 'required-aded'], 'did you mean `required-added`?'],
  [['explain', 'promise/delivery-weakend'], 'did you mean `promise/delivery-weakened`?'],
  [['schema'], 'Usage: tenet schema'],
  [['schema', 'compare', 'one.json'], 'two schemas are compared'],
  [['schema', 'compare', '--batch', 'one.json'], 'takes no files'],
  [['schema', 'compare', 'a', 'b', 'c'], 'two schemas are compared, and here are 3 files'],
  [['schema', 'compare', '.', '.'], '`.` is a folder, and a schema is a file'],
  [['schema', 'compare', '--batch', '--budget', 'long'], '--budget wants whole milliseconds'],
  [['schema', 'compare', '--relation', 'same', 'a', 'b'], "argument 'same' is invalid"],
  [['schema', 'compare', 'nowhere.json', 'nowhere.json'], 'there is no file `nowhere.json` here'],
])('%j is a mistake in typing', async (args, says) => {
  const { code, out, err } = await typed(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(says);
  expect(err).not.toMatch(/\n {4}at /);
});

test('what is echoed moves no cursor', async () => {
  for (const args of [
    ['\u001b[2J'],
    ['check', '--format', '\u001b[2J'],
    ['check', '--against', '\u009b2J', '--contracts', '.'],
  ])
    expect((await typed(args)).err).toMatch(/^tenet: [\n\P{Cc}]*$/u);
});

test('the version', async () => {
  const { code, out } = await typed(['--version']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test('every rule can be explained, by its whole id', async () => {
  for (const { id, summary, why } of everyExplainedRule) {
    const { code, out } = await typed(['explain', id]);
    expect(code).toBe(0);
    const words = out.replaceAll('\n', ' ');
    expect(words).toContain(summary);
    expect(words).toContain(why);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  }
});

test('a rule is explained with its opposite', async () => {
  expect((await typed(['explain', 'delivery-weakened'])).out).toMatch(/\n\nThe opposite change/);
});

test('every rule that the source names is explained', () => {
  const source = fileURLToPath(new URL('../../../generator/src', import.meta.url));
  const named = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ts$/.test(file) && !file.startsWith('diagnostics/'))
    .flatMap((file) => readFileSync(join(source, file), 'utf8').match(/(?<=')(contract|output)\/[a-z-]+(?=')/g) ?? []);
  const known = new Set(everyExplainedRule.map(({ id }) => id));
  expect([...new Set(named)].filter((id) => !known.has(id) && !/\/[a-z-]+\.ts$/.test(id))).toEqual([]);
  expect(named).toContain('output/not-ours');
});

test('explain without a rule lists all of them', async () => {
  const { out } = await typed(['explain']);
  const listed = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(listed.sort()).toEqual(everyExplainedRule.map(({ id }) => id).sort());
});

test('tenet alone says what comes next in this folder', async () => {
  const empty = await typed([], { cwd: aFolder() });
  expect(empty).toMatchObject({ code: 0, err: '' });
  expect(empty.out).toMatch(/^There are no contracts here yet\.\n/);
  const workspace = aWorkspace();
  expect((await typed([], { cwd: workspace })).out).toMatch(
    /^Contracts are here, and nothing is generated from them yet\.\n {2}tenet check /,
  );
  expect((await typed([], { cwd: join(workspace, 'contracts') })).out).toMatch(
    /^This is the folder of the contracts itself\.\n/,
  );
});

test('contracts that are further up, or further down, are found', async () => {
  const workspace = aWorkspace();
  const inside = join(workspace, 'contracts/orders');
  expect((await typed([], { cwd: inside })).out).toMatch(
    /^The contracts are further up\.\n {2}tenet check --contracts \.\. /,
  );
  const { code, err } = await typed(['check', '--contracts', workspace]);
  expect(code).toBe(2);
  expect(err).toContain('the contracts are not in');
  expect(tenet(inside, ['check']).err).toContain('`--contracts ..`');
});

test('schema compare answers for files, and line by line for pairs', async () => {
  const folder = aFolder();
  put(folder, 'old.json', '{"type": "integer"}');
  put(folder, 'new.json', '{"type": "number"}');
  const [old, next] = [join(folder, 'old.json'), join(folder, 'new.json')];
  expect(await typed(['schema', 'compare', old, next])).toMatchObject({ code: 0, err: '' });
  const back = await typed(['schema', 'compare', next, old]);
  expect(back.code).toBe(100);
  expect(back.out).toMatch(/^Incompatible: /);
  const input = '{"id": 1, "old": {"type": "integer"}, "new": {"type": "number"}}\nno JSON\n';
  const { code, out } = await typed(['schema', 'compare', '--batch'], { input });
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(code).toBe(0);
  expect(answers).toMatchObject([
    { id: 1, verdict: 'compatible' },
    { id: null, verdict: 'unknown' },
  ]);
});

test('files that hold no schema are named, with every place', async () => {
  const folder = aFolder();
  put(folder, 'a.json', '{"type": 7,\n "items": 3}');
  put(folder, 'b.yaml', 'type: number\nitems: [\n');
  put(folder, 'c.json', '{"a": \u001b[31m}');
  const [a, b, c] = ['a.json', 'b.yaml', 'c.json'].map((file) => join(folder, file));
  const { code, out } = await typed(['schema', 'compare', a ?? '', b ?? '']);
  expect(code).toBe(1);
  expect(out.match(/(?<=\/)[ab]\.(json|yaml):\d+:\d+/g)).toEqual(['a.json:1:10', 'a.json:2:11', 'b.yaml:3:1']);
  expect(out).toMatch(/\nNothing was compared\.\n$/);
  expect((await typed(['schema', 'compare', c ?? '', c ?? ''])).out).not.toContain('\u001b');
});

test('YAML is compared as JSON is', async () => {
  const folder = aFolder();
  put(folder, 'old.yaml', 'type: integer\n');
  put(folder, 'new.json', '\ufeff{"type": "number"}');
  const args = ['schema', 'compare', join(folder, 'old.yaml'), join(folder, 'new.json')];
  expect(await typed(args)).toMatchObject({ code: 0, err: '' });
});

test('the parser of code is never loaded before generate', () => {
  const cli = fileURLToPath(new URL('../../../generator/src/cli', import.meta.url));
  for (const file of [
    'main.ts',
    'program.ts',
    'check.ts',
    'check-screen.ts',
    'write-report.ts',
    'explain.ts',
    'next-step.ts',
  ]) {
    const text = readFileSync(join(cli, file), 'utf8');
    const eager = text
      .split('\n')
      .filter((line) => /^(import|export) .*from /.test(line) && !line.startsWith('import type'));
    expect(eager.filter((line) => /emitters|generate\.ts|ts-morph/.test(line))).toEqual([]);
  }
});
