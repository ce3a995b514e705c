import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** A program of ours: its file and its arguments. */
export interface NodeProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

export interface MeasuredRun {
  readonly seconds: number;
  /** Of a processor; more than `seconds` where it computes on several. */
  readonly processorSeconds: number;
  /** The most memory that the process had, in MiB; of processes that it started nothing is known. */
  readonly peakMebibytes: number;
  readonly exitCode: number;
  readonly output: string;
}

const reporter = resolve(import.meta.dirname, 'report-usage.mjs');

/** Runs it with the Node that runs the bench, from start to end. */
export async function measured({ file, args, cwd }: NodeProgram): Promise<MeasuredRun> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', reporter, file, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const { stdout, stdio } = child;
  const usage = stdio[3];
  if (stdout === null || usage === null || usage === undefined || !('read' in usage)) {
    throw new Error('the pipes of a child are missing');
  }
  const exited = new Promise<number>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done(code ?? 1));
  });
  const [output, used, exitCode] = await Promise.all([text(stdout), text(usage), exited]);
  const seconds = (performance.now() - started) / 1000;
  const { maxRSS, userCPUTime, systemCPUTime }: NodeJS.ResourceUsage = JSON.parse(used);
  return {
    seconds,
    processorSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
    peakMebibytes: maxRSS / 1024,
    exitCode,
    output,
  };
}
