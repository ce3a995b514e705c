/** The page is run as a reader would: its files in a folder of their own, its commands, its service and its test. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenet } from '../../demo/commands.ts';
import { compile, filesIn, foldersParent, readPage, writeFiles } from './code-blocks.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(foldersParent(), 'getting-started-'));
  writeFiles(folder, filesIn(readPage('docs/getting-started.md')));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => tenet(args, { cwd: folder, colour: false });

test('its contract is in order', () => {
  const { code, output } = run('check');
  expect(output).toMatch(/^no findings in 1 contract · /);
  expect(code).toBe(0);
});

test('its SDK is written once, its service compiles, and its test prints one mail', () => {
  expect(run('generate')).toMatchObject({ code: 0, output: expect.stringContaining('1 contract →') });
  expect(run('generate', '--check').code).toBe(0);
  compileAsPackage();
  const printed = execFileSync(process.execPath, [join(folder, 'out/welcome.test.js')], { encoding: 'utf8' });
  expect(printed).toBe("[ 'a-1' ]\n");
}, 60_000);

/** The generated sources as the package `@acme/events`, and the page's own files against it, strictly. */
function compileAsPackage(): void {
  const manifest = { name: '@acme/events', type: 'module', exports: { './*': './dist/*.js' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'generated/package.json'), JSON.stringify(manifest));
  mkdirSync(join(folder, 'node_modules/@acme'), { recursive: true });
  symlinkSync(join(folder, 'generated'), join(folder, 'node_modules/@acme/events'), 'junction');
  compile(join(folder, 'generated'), { declaration: true, rootDir: 'src', outDir: 'dist' }, ['src']);
  compile(folder, { rootDir: '.', outDir: 'out' }, ['*.ts']);
}

test('the folders that it names exist', () => {
  const manifest = readFileSync(join(folder, 'generated/.tenet-manifest'), 'utf8');
  expect(manifest).toContain('sql/inbox/');
});
