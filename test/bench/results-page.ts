import { cpus, platform, totalmem } from 'node:os';
import type { BenchResult } from './bench.ts';
import { markdownTable } from './table.ts';

/** What the numbers were measured on; nothing that names anybody's machine. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGibibytes: number;
  readonly node: string;
  readonly system: string;
}

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    cores: cpus().length,
    processor: first?.model.trim() || 'an unnamed processor',
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: platform(),
  };
}

/** The text of `docs/benchmarks.md`. */
export function resultsPage(results: readonly BenchResult[], machine: Machine): string {
  const { cores, processor, memoryGibibytes, node, system } = machine;
  return `# Benchmarks

Written by \`npm run bench -- --write\`; the benches are in \`test/bench\`, and none of them gates a test. Numbers of one
table come from one run on one machine and compare with one another, not with those of another day.

Measured on ${cores} cores (${processor}), ${memoryGibibytes} GiB of memory, Node ${node}, ${system}.
${results.map(section).join('')}`;
}

export function section({ title, about, tables }: BenchResult): string {
  const paragraphs = about.map((text) => `\n${filled(text)}\n`).join('');
  const laidOut = tables.map(({ caption, table }) => `\n**${caption}**\n\n${markdownTable(table)}\n`).join('');
  return `\n## ${title}\n${paragraphs}${laidOut}`;
}

/** Lines of at most 120 characters, as everywhere in `docs`. */
function filled(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= 120) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
