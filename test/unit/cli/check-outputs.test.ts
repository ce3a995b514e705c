import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { wantsHyperlinks } from '../../../generator/src/cli/terminal.ts';
import { aFolder, aWorkspace, edit, put, tenet } from './a-workspace.ts';

const contract = 'contracts/orders/order-placed/v1.yaml';
const clean = 'no findings in 1 contract · 0.0 s\n';

/** One warning, in line 7. */
function aWarning(): string {
  const folder = aWorkspace();
  edit(folder, contract, 'duplicate: costly', 'duplicate: catastrophic');
  return folder;
}

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

test('a format with a file leaves the terminal to the text', () => {
  const folder = aWorkspace();
  const ended = tenet(folder, ['check', '--format', 'json=report.json', '--format', 'gitlab=quality.json']);
  expect(ended).toEqual({ code: 0, out: clean, err: '' });
  expect(JSON.parse(read(folder, 'report.json'))).toMatchObject({ command: 'check', findings: [] });
  expect(read(folder, 'quality.json')).toBe('[]\n');
});

test('one format may have the terminal while others have files', () => {
  const folder = aWorkspace();
  const ended = tenet(folder, ['check', '--format', 'gitlab', '--format', 'text=report.txt'], { FORCE_COLOR: '1' });
  expect(ended).toEqual({ code: 0, out: '[]\n', err: '' });
  expect(read(folder, 'report.txt')).toMatch(/^no findings in 1 contract · \d\.\d s\n$/);
});

test('text in a file has neither colour nor links', () => {
  const folder = aWarning();
  tenet(folder, ['check', '--format', 'text=report.txt'], { FORCE_COLOR: '1', FORCE_HYPERLINK: '1' });
  expect(read(folder, 'report.txt')).toContain('warning  design/follow-breaks-order');
  expect(read(folder, 'report.txt')).not.toContain('\u001b');
});

test.each<[what: string, file: string, says: string]>([
  ['no such folder', 'nowhere/report.json', '`nowhere/report.json` cannot be written: there is no folder `nowhere`.'],
  ['a file for a folder', `${contract}/r.json`, `cannot be written: \`${contract}\` is no folder.`],
  ['a folder', 'contracts', '`contracts` is a folder, and a report is a file.'],
])('%s: the findings are printed all the same, then one sentence and exit code 1', (_, file, says) => {
  const folder = aWorkspace();
  const ended = tenet(folder, ['check', '--format', `json=${file}`]);
  expect(ended).toEqual({
    code: 1,
    out: clean,
    err: `tenet: ${says.startsWith('`') ? says : `\`${file}\` ${says}`}\n`,
  });
});

test('a report replaces the one before it whole, and leaves nothing beside it', () => {
  const folder = aWorkspace();
  put(folder, 'out/report.json', 'x'.repeat(100_000));
  tenet(folder, ['check', '--format', 'json=out/report.json']);
  expect(JSON.parse(read(folder, 'out/report.json'))).toMatchObject({ command: 'check' });
  expect(readdirSync(join(folder, 'out'))).toEqual(['report.json']);
});

test('a link stays a link, and what it leads to is written', () => {
  const folder = aWorkspace();
  put(folder, 'real.json', 'old');
  symlinkSync('real.json', join(folder, 'link.json'));
  tenet(folder, ['check', '--format', 'gitlab=link.json']);
  expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
  expect(read(folder, 'real.json')).toBe('[]\n');
});

test('a device is written to', () => {
  const { code, out } = tenet(aWorkspace(), ['check', '--format', 'json', '--format', 'gitlab=/dev/null']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ command: 'check' });
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

interface Issue {
  readonly location: { readonly path: string };
}

test.each<[what: string, prepare: (folder: string) => void, from: string, contracts: string, path: string]>([
  ['the top of the repository', (folder) => mkdirSync(join(folder, '.git')), 'contracts', '.', contract],
  ['a work tree, whose Git folder is a file', (folder) => put(folder, '.git', 'gitdir: x'), '.', 'contracts', contract],
  ['the folder that the build names', () => {}, 'contracts', '.', contract],
])('machines name files from %s', (what, prepare, from, contracts, path) => {
  const folder = aWarning();
  prepare(folder);
  const env = what.includes('build') ? { GITHUB_WORKSPACE: folder } : {};
  const { out } = tenet(join(folder, from), ['check', '--contracts', contracts, '--format', 'gitlab'], env);
  const issues: Issue[] = JSON.parse(out);
  expect(issues.map(({ location }) => location.path)).toEqual([path]);
});

test('with github, the page of the job gets the report behind what stands there', () => {
  const folder = aWarning();
  put(folder, 'summary.md', 'Earlier.\n\n');
  const { code, out, err } = tenet(folder, ['check', '--format', 'github'], { GITHUB_STEP_SUMMARY: 'summary.md' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^::warning file=contracts\//);
  expect(read(folder, 'summary.md')).toMatch(/^Earlier\.\n\n## ✓ Passed: 1 warning\n/);
});

test('other formats leave the page of the job alone', () => {
  const folder = aWarning();
  put(folder, 'summary.md', '');
  tenet(folder, ['check', '--format', 'markdown'], { GITHUB_STEP_SUMMARY: 'summary.md' });
  expect(read(folder, 'summary.md')).toBe('');
});

test.each<[what: string, size: number, file: string, says: string]>([
  ['is full', 1024 * 1024 - 50, 'summary.md', 'it is full.'],
  ['cannot be written', 0, 'nowhere/summary.md', 'there is no folder `nowhere`.'],
])('a page that %s is said, and changes nothing else', (_, size, file, says) => {
  const folder = aWarning();
  put(folder, 'summary.md', 'x'.repeat(size));
  const ended = tenet(folder, ['check', '--format', 'github'], { GITHUB_STEP_SUMMARY: file });
  expect(ended.code).toBe(0);
  expect(ended.err).toBe(`tenet: the summary of the job was not written: ${says}\n`);
  expect(read(folder, 'summary.md')).toHaveLength(size);
});

test('links lead to the files, and change no column', () => {
  const folder = aWarning();
  const plain = tenet(folder, ['check']).out;
  const linked = tenet(folder, ['check'], { FORCE_HYPERLINK: '1' }).out;
  const address = pathToFileURL(join(folder, contract)).href;
  expect(linked).toContain(`\u001b]8;;${address}\u001b\\${contract}:`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is taken out
  expect(linked.replace(/\u001b\]8;;[^\u001b]*\u001b\\/g, '')).toBe(plain);
});

test('a path cannot end the address that it stands in', () => {
  const folder = aFolder();
  const name = 'a\u001b\\b\u0007';
  put(folder, `${name}/tenet.yaml`, 'tenet: 1\npackage: x\nnonsense: 1\n');
  const { out } = tenet(folder, ['check', '--contracts', name], { FORCE_HYPERLINK: '1' });
  expect(out).toContain('a·\\b·/tenet.yaml:3:1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is counted
  expect(out.match(/\u001b/g)?.length).toBe((out.match(/\u001b\]8;;[ -~]*\u001b\\/g) ?? []).length * 2);
});

test.each<[environment: Readonly<Record<string, string>>, isTerminal: boolean, links: boolean]>([
  [{}, true, false],
  [{ TERM_PROGRAM: 'iTerm.app' }, true, true],
  [{ TERM_PROGRAM: 'WezTerm' }, true, true],
  [{ TERM_PROGRAM: 'vscode' }, true, true],
  [{ TERM_PROGRAM: 'Apple_Terminal' }, true, false],
  [{ VTE_VERSION: '7200' }, true, true],
  [{ VTE_VERSION: '4600' }, true, false],
  [{ WT_SESSION: 'x' }, true, true],
  [{ KITTY_WINDOW_ID: '1' }, true, true],
  [{ TERM: 'xterm-kitty' }, true, true],
  [{ WT_SESSION: 'x' }, false, false],
  [{ WT_SESSION: 'x', CI: 'true' }, true, false],
  [{ WT_SESSION: 'x', TERM: 'dumb' }, true, false],
  [{ FORCE_HYPERLINK: '1' }, false, true],
  [{ FORCE_HYPERLINK: '0', WT_SESSION: 'x' }, true, false],
])('%j on a terminal (%s): links %s', (environment, isTerminal, links) => {
  expect(wantsHyperlinks(environment, isTerminal)).toBe(links);
});
