import { resolve } from 'node:path';
import type { BenchResult, Progress } from '../bench.ts';
import { measured, type NodeProgram } from '../measured-child.ts';
import { median, quantile } from '../statistics.ts';
import { threeDigits } from '../table.ts';

export interface StartBenchOptions {
  readonly runs: number;
}

const tenet = resolve(import.meta.dirname, '../../../generator/bin/tenet.js');
const nothing = resolve(import.meta.dirname, 'nothing.mjs');

const programs: readonly (readonly [string, NodeProgram])[] = [
  ['tenet --version', { file: tenet, args: ['--version'] }],
  ['tenet --help', { file: tenet, args: ['--help'] }],
  ['limit: node, an empty file', { file: nothing, args: [] }],
];

/** How long it takes until the command line has said something, beside a Node that does nothing. */
export async function startBench({ runs }: StartBenchOptions, progress: Progress): Promise<BenchResult> {
  progress(`start: ${runs} runs`);
  const times: number[][] = programs.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, [what, program]] of programs.entries()) {
      const { seconds, exitCode } = await measured(program);
      if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode}`);
      times[index]?.push(seconds * 1000);
    }
  }
  const limit = median(times.at(-1) ?? []);
  const data = programs.map(([what], index) => {
    const of = times[index] ?? [];
    return { what, medianMs: median(of), p90Ms: quantile(of, 0.9), timesLimit: median(of) / limit };
  });
  return {
    name: 'start',
    title: 'Start of the command line',
    about: [`From the start of the process to its end, ${runs} runs in turns.`],
    tables: [
      {
        caption: 'Whole process',
        table: {
          headings: ['what', 'median ms', 'p90 ms', '× limit'],
          rows: data.map(({ what, medianMs, p90Ms, timesLimit }) => [
            what,
            medianMs.toFixed(0),
            p90Ms.toFixed(0),
            threeDigits(timesLimit),
          ]),
        },
      },
    ],
    data,
  };
}
