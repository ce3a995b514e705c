/** Runs `tenet` and `git` as a person would, and hands back what they printed. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface Run {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

export function tenet(args: readonly string[], options: { readonly cwd: string; readonly colour: boolean }): Run {
  return run(process.execPath, [resolve(root, 'generator/bin/tenet.js'), ...args], options.cwd, {
    ...(options.colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  });
}

/** Git with an identity of its own and none of the user's settings: a demo must not depend on them, nor touch them. */
export function git(args: readonly string[], cwd: string): Run {
  const identity = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return run('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@localhost', ...args], cwd, identity);
}

function run(command: string, args: readonly string[], cwd: string, env: Record<string, string>): Run {
  const { FORCE_COLOR: _f, NO_COLOR: _n, ...inherited } = process.env;
  const started = performance.now();
  const child = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...inherited, ...env } });
  if (child.error) throw new Error(`${command} could not be started`, { cause: child.error });
  return {
    code: child.status ?? 1,
    output: `${child.stdout}${child.stderr}`,
    seconds: (performance.now() - started) / 1000,
  };
}
