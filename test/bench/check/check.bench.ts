import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BenchResult, Progress } from '../bench.ts';
import { type MeasuredRun, measured, type NodeProgram } from '../measured-child.ts';
import { median } from '../statistics.ts';
import { threeDigits } from '../table.ts';
import { type BenchWorkspace, benchWorkspace } from './workspace.ts';

export interface CheckBenchOptions {
  /** Sizes of the workspaces, in contracts. */
  readonly contracts: readonly number[];
  readonly changed: number;
  readonly runs: number;
}

interface Measured {
  readonly contracts: number;
  readonly what: string;
  readonly seconds: number;
  readonly processorSeconds?: number;
  readonly peakMebibytes?: number;
}

const tenet = resolve(import.meta.dirname, '../../../generator/bin/tenet.js');
const parseFiles = resolve(import.meta.dirname, 'parse-main.ts');

/** How long a check of a whole workspace takes, and how much memory, beside the least that anybody could do. */
export async function checkBench(options: CheckBenchOptions, progress: Progress): Promise<BenchResult> {
  const all: Measured[] = [];
  for (const contracts of options.contracts) {
    progress(`check: making a workspace of ${contracts} contracts`);
    const workspace = benchWorkspace(contracts, Math.min(options.changed, contracts));
    try {
      all.push(...(await measureAll(workspace, contracts, options.runs, progress)));
    } finally {
      workspace.remove();
    }
  }
  const limit = (contracts: number) => all.find((one) => one.contracts === contracts && one.what === limitName);
  return {
    name: 'check',
    title: '`tenet check` on large workspaces',
    about: [
      `Made-up workspaces in Git, every schema with fields of its own, ${options.changed} contracts changed since \`HEAD\`; the median of ${options.runs} runs, each a process from start to end. The limit is a process that reads every file once and parses it with \`yaml\` or \`JSON.parse\`, and keeps the values.`,
    ],
    tables: [
      {
        caption: 'Whole process',
        table: {
          headings: ['what', 'contracts', 'seconds', 'processor seconds', 'peak MiB', '× limit'],
          rows: all.map(({ contracts, what, seconds, processorSeconds, peakMebibytes }) => [
            what,
            contracts.toLocaleString('en-US'),
            threeDigits(seconds),
            processorSeconds === undefined ? '-' : threeDigits(processorSeconds),
            peakMebibytes === undefined ? '-' : peakMebibytes.toFixed(0),
            threeDigits(seconds / (limit(contracts)?.seconds ?? Number.NaN)),
          ]),
        },
      },
    ],
    data: all,
  };
}

const limitName = 'limit: read and parse';

async function measureAll(
  workspace: BenchWorkspace,
  contracts: number,
  runs: number,
  progress: Progress,
): Promise<Measured[]> {
  const { folder, files } = workspace;
  const list = join(folder, 'files.txt');
  writeFileSync(list, files.join('\n'));
  const programs: readonly (readonly [string, NodeProgram, expected: readonly number[]])[] = [
    ['check --against HEAD', { file: tenet, args: ['check', '--against', 'HEAD'], cwd: folder }, [0, 100]],
    ['check', { file: tenet, args: ['check'], cwd: folder }, [0]],
    [limitName, { file: parseFiles, args: [list], cwd: folder }, [0]],
  ];
  const found: MeasuredRun[][] = programs.map(() => []);
  const gits: number[] = [];
  // In turns, so that a machine that is busy for a while is busy for all of them.
  for (let run = 0; run < runs; run += 1) {
    progress(`check: ${contracts} contracts, run ${run + 1} of ${runs}`);
    for (const [index, [what, program, expected]] of programs.entries()) {
      const one = await measured(program);
      if (!expected.includes(one.exitCode)) throw new Error(`${what} ended with ${one.exitCode}:\n${one.output}`);
      found[index]?.push(one);
    }
    gits.push(secondsOfGit(folder));
  }
  return [
    ...programs.map(([what], index) => ({
      contracts,
      what,
      seconds: median((found[index] ?? []).map(({ seconds }) => seconds)),
      processorSeconds: median((found[index] ?? []).map(({ processorSeconds }) => processorSeconds)),
      peakMebibytes: median((found[index] ?? []).map(({ peakMebibytes }) => peakMebibytes)),
    })),
    { contracts, what: 'git diff --stat HEAD', seconds: median(gits) },
  ];
}

function secondsOfGit(folder: string): number {
  const started = performance.now();
  const { status } = spawnSync('git', ['diff', '--stat', 'HEAD'], { cwd: folder });
  if (status !== 0) throw new Error('git diff failed');
  return (performance.now() - started) / 1000;
}
