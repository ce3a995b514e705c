// Runs promtool, Prometheus' own judge of alert rules and of their tests.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promtoolFile } from './system-parts.mjs';

export interface PromtoolAnswer {
  /** 0 when promtool is content. */
  readonly code: number;
  /** Everything it said, both streams. */
  readonly output: string;
}

/** `promtool check rules` on rule files. */
export function checkRules(files: readonly string[]): PromtoolAnswer {
  return promtool(['check', 'rules', ...files]);
}

/** `promtool test rules` on test files; they name their rule files relative to themselves. */
export function testRules(files: readonly string[]): PromtoolAnswer {
  return promtool(['test', 'rules', ...files]);
}

function promtool(args: readonly string[]): PromtoolAnswer {
  const file = promtoolFile(fileURLToPath(new URL('../..', import.meta.url)));
  if (file === undefined) throw new Error('promtool is not installed: run `node test/support/install.mjs --for test`');
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) throw error;
  return { code: status ?? 1, output: `${stdout}${stderr}` };
}
