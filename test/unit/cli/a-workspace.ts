import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { run } from '../../../generator/src/cli/program.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own that is gone after the test. */
export function aFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tenet-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The base workspace of the fixtures, in `contracts/` of a folder. */
export function aWorkspace(): string {
  const folder = aFolder();
  cpSync(join(repository, 'test/fixtures/base-workspace'), join(folder, 'contracts'), { recursive: true });
  return folder;
}

/** A workspace whose contracts are committed. */
export function aRepository(): string {
  const folder = aWorkspace();
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'contracts');
  return folder;
}

export function git(folder: string, ...args: readonly string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stderr } = spawnSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

export function edit(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
  writeFileSync(path, text.replace(from, to));
}

export function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** The command as people run it, from its source; the time it took is blacked out. */
export function tenet(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Ended {
  const main = join(repository, 'generator/src/cli/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=tenet-source', main, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    input,
    timeout: 30_000,
  });
  return { code: status, out: stdout.replace(/ \d+\.\d s\n/, ' 0.0 s\n'), err: stderr };
}

/** The same inside of this process, for what needs no folder. */
export async function typed(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<Ended> {
  const written = { out: '', err: '' };
  const code = await run(args, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    colour: false,
    width: 80,
    cwd: options.cwd ?? '.',
    input: (async function* () {
      yield options.input ?? '';
    })(),
  });
  return { code, ...written };
}
