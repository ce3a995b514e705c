/** `npm run bench`: how right, how fast and how large, beside peers or the least that anybody could do. */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchResult } from './bench.ts';
import { checkBench } from './check/check.bench.ts';
import { consumeBench } from './consume/consume.bench.ts';
import { gateBench } from './gate/gate.bench.ts';
import { resultsPage, section, thisMachine } from './results-page.ts';
import { startBench } from './start/start.bench.ts';

const usage = `npm run bench                     all benches, which takes some minutes
npm run bench -- gate check       only the benches that are named (start, check,
                                  gate, consume)

  --write              writes docs/benchmarks.md too (all benches)
  --json               one JSON object instead of tables
  --questions <file>   gate: labelled questions instead of our own, one JSON object
                       a line: {id, dialect, old, new, compatible}; may be repeated
  --histories <file>   gate: pairs of versions without labels, {id, dialect, old, new}
  --every <n>          gate: asks every n-th question only (default 1)
  --contracts <n>      check: size of a workspace; may be repeated (1000 and 10000)
  --records <n>        consume: records in the topic (default 200000)
  --runs <n>           check, consume: runs of which the median is told (default 5)
`;

const page = resolve(import.meta.dirname, '../../docs/benchmarks.md');

async function main(args: readonly string[]): Promise<number> {
  const { values: options, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      questions: { type: 'string', multiple: true, default: [] },
      histories: { type: 'string', multiple: true, default: [] },
      every: { type: 'string', default: '1' },
      contracts: { type: 'string', multiple: true, default: ['1000', '10000'] },
      records: { type: 'string', default: '200000' },
      runs: { type: 'string', default: '5' },
    },
  });
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { questions, histories } = options;
  const runs = whole('--runs', options.runs);
  const benches: Readonly<Record<string, () => Promise<BenchResult>>> = {
    start: () => startBench({ runs: Math.max(runs, 20) }, progress),
    check: () =>
      checkBench(
        { contracts: options.contracts.map((text) => whole('--contracts', text)), changed: 20, runs },
        progress,
      ),
    consume: () => consumeBench({ records: whole('--records', options.records), runs }, progress),
    gate: () => gateBench({ questions, histories, every: whole('--every', options.every) }, progress),
  };
  const strange = positionals.find((name) => !Object.hasOwn(benches, name));
  if (strange !== undefined)
    throw new UsageError(`there is no bench \`${strange}\`: they are start, check, gate and consume.`);
  const missing = [...questions, ...histories].find((file) => !existsSync(file));
  if (missing !== undefined) throw new UsageError(`there is no file \`${missing}\`.`);
  if (options.write && (positionals.length > 0 || questions.length > 0))
    throw new UsageError('--write wants all benches, and our own questions.');

  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(benches)) {
    if (positionals.length === 0 || positionals.includes(name)) results.push(await run());
  }
  const machine = thisMachine();
  if (options.write) writeFileSync(page, resultsPage(results, machine));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, benches: results.map(({ name, data }) => ({ name, data })) })}\n`
      : results.map(section).join(''),
  );
  return 0;
}

class UsageError extends Error {}

function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} wants a whole number above zero, not \`${text}\`.`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  if (!isUsage) throw error;
  process.stderr.write(`bench: ${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
