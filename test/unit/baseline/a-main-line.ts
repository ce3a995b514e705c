import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { fixtures } from '../checker/check-fixture.ts';
import { typed } from '../cli/a-workspace.ts';

export const contract = 'contracts/orders/order-placed/v1.yaml';

/** Git without the settings of whoever runs the tests, at a time of the test's choice. */
export function gitAt(time: string | undefined, folder: string, ...options: readonly string[]): string {
  const clock = time === undefined ? {} : { GIT_COMMITTER_DATE: time, GIT_AUTHOR_DATE: time };
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...clock };
  const settings = [
    'user.name=Test',
    'user.email=test@example.com',
    'init.defaultBranch=main',
    'protocol.file.allow=always',
  ];
  return execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...options], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

export type Edit = readonly [from: string, to: string];

/** A repository whose contracts land on `main` day by day. */
export class MainLine {
  readonly folder: string;

  /** `clone`: one that is there already; otherwise the base workspace of the fixtures, and nothing committed. */
  constructor(clone?: string) {
    this.folder = clone ?? aFolder();
    if (clone !== undefined) return;
    cpSync(join(fixtures, 'base-workspace'), join(this.folder, 'contracts'), { recursive: true });
    this.git('init', '-q');
  }

  git(...options: readonly string[]): string {
    return gitAt(undefined, this.folder, ...options);
  }

  edit(...edits: readonly Edit[]): void {
    this.editFile(contract, ...edits);
  }

  editFile(file: string, ...edits: readonly Edit[]): void {
    const path = join(this.folder, file);
    let text = readFileSync(path, 'utf8');
    for (const [from, to] of edits) {
      if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
      text = text.replace(from, () => to);
    }
    writeFileSync(path, text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  link(file: string, to: string): void {
    symlinkSync(to, join(this.folder, file));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Commits what there is, on a day of November 2026 or at another time; answers the commit as messages name it. */
  land(day: number | string, ...edits: readonly Edit[]): string {
    this.edit(...edits);
    this.git('add', '-A');
    const time = typeof day === 'string' ? day : `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`;
    gitAt(time, this.folder, 'commit', '-q', '--allow-empty', '-m', `on ${day}`);
    return this.git('rev-parse', 'HEAD').slice(0, 10);
  }

  /** What `tenet check` answers at noon of a day of November 2026. */
  async check(day: number | string, against = 'main'): Promise<Checked> {
    return checkIn(
      this.folder,
      typeof day === 'string' ? day : `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`,
      against,
    );
  }
}

export interface Checked {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  readonly comparedWith: string | undefined;
}

export async function checkIn(folder: string, now: string, against: string): Promise<Checked> {
  const options = ['--contracts', join(folder, 'contracts'), '--against', against, '--now', now, '--format', 'json'];
  const { code, out, err } = await typed(['check', ...options]);
  if (out === '') throw new Error(err);
  const report: { findings: Finding[]; comparedWith?: string } = JSON.parse(out);
  return { code, findings: report.findings, comparedWith: report.comparedWith };
}

/** A folder of its own that is gone after the test. */
export function aFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tenet-baseline-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
