/** `npm run fuzz`: the schema engine attacked by the numbers. `--help` says the rest. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../generator/src/schema/index.ts';
import { screen as openScreen } from '../demo/screen.ts';
import { type Arguments, readArguments, UsageError, usage } from './arguments.ts';
import { runCampaign } from './campaign.ts';
import { replayPair } from './replay.ts';
import { causeLines, contradictionLines, replayLine, summary, verdictLines } from './report.ts';
import { readSchemas, schemasAtHand, UnreadableSchemas } from './schemas/read-schemas.ts';
import { realSchemas } from './schemas/real-schemas.ts';
import type { Tally } from './tally.ts';

/** From so many pairs on a keyword that was never met is a fault of the campaign; fewer cannot meet all of them. */
const pairsToMeetAll = 200_000;
/** What was found so far is written now and then: a campaign that is broken off was not for nothing. */
const roundsPerWriting = 10;
/** Contradictions on the screen; the file has the rest. */
const mostShown = 12;

async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const real = realSchemas(options.schemas === undefined ? schemasAtHand() : readSchemas(options.schemas));
  const replay = { seed: options.seed, ...(options.schemas !== undefined && { schemas: options.schemas }) };
  if (options.pair !== undefined) {
    const { lines, contradicted } = await replayPair(replay, options.pair, options.relations, real, compare);
    print(lines);
    return contradicted ? 1 : 0;
  }
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  const started = performance.now();
  const screen = openScreen();
  const tally = await runCampaign({
    ...options,
    realSchemas: real,
    compare,
    onRound: (sofar) => {
      screen.progress(sofar.pairs, options.pairs, progressLabel(sofar));
      if (sofar.rounds % roundsPerWriting === 0) writeFindings(sofar, options);
      return interrupted ? 'stop' : undefined;
    },
  });
  screen.done(options.pairs, progressLabel(tally));
  writeFindings(tally, options);
  const meetsAll = tally.pairs >= pairsToMeetAll;
  print(reportLines(tally, options, meetsAll));
  for (const contradiction of tally.contradictions.slice(0, mostShown)) {
    print(['', ...contradictionLines(contradiction, replay)]);
  }
  const unmet = meetsAll ? tally.coverage.unmet(options.dialects).size : 0;
  print(['', summary(tally, unmet, (performance.now() - started) / 1000)]);
  return tally.contradictionCount > 0 || unmet > 0 ? 1 : 0;
}

function progressLabel({ pairs, contradictionCount }: Tally): string {
  return `${pairs.toLocaleString('en')} pairs, ${contradictionCount} contradictions`;
}

function reportLines(tally: Tally, options: Arguments, meetsAll: boolean): string[] {
  const { coverage } = tally;
  const lacking = (title: string, all: ReadonlyMap<string, readonly string[]>): string[] =>
    section(title, meetsAll ? [...all].map(([name, where]) => `${name.padEnd(22)}${where.join(', ')}`) : []);
  const counted = new Map([...tally.unknown].map(([cause, { count }]) => [cause, count]));
  const disputes = new Map([...tally.disputeCauses].map(([cause, { count }]) => [cause, count]));
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? ['', title, ...lines] : [];
  return [
    ...section('Verdicts', verdictLines(tally, options.dialects, options.relations)),
    ...section('Why unknown', causeLines(counted)),
    ...section('Keywords: verdicts met, and in how many dialects one turned', tally.coverage.table(options.dialects)),
    ...lacking('Keywords that were not met', coverage.unmet(options.dialects)),
    ...lacking('Keywords that turned no verdict', coverage.unturned(options.dialects, options.relations)),
    ...section('Schemas that a judge cannot read', causeLines(tally.unjudged)),
    ...section('What the judges disagree on, by what is left of the schema (a sample)', causeLines(disputes)),
    '',
    `${tally.judgements.toLocaleString('en')} judgements, ${tally.disputes.toLocaleString('en')} disputed and left out`,
    `${tally.tried.toLocaleString('en')} compatible verdicts that a value of the pool could have contradicted`,
    `${tally.generated.toLocaleString('en')} generated validators held against the definitions`,
    `${tally.slow.toLocaleString('en')} pairs slower than 100 ms, the slowest ${Math.round(tally.slowest)} ms`,
  ];
}

function writeFindings(tally: Tally, { out, seed, schemas }: Arguments): void {
  const replay = { seed, ...(schemas !== undefined && { schemas }) };
  const again = <T extends { readonly pair: number }>(found: T) => ({
    ...found,
    replay: replayLine(replay, found.pair),
  });
  const files: Readonly<Record<string, readonly object[]>> = {
    'contradictions.jsonl': tally.contradictions.map(again),
    'disputed-witnesses.jsonl': tally.disputedWitnesses.map(again),
    'unknown.jsonl': [...tally.unknown].flatMap(([cause, { examples }]) =>
      examples.map((each) => ({ cause, ...again(each) })),
    ),
    'slow.jsonl': tally.slowPairs.map(again),
    'disputes.jsonl': [...tally.disputeCauses].flatMap(([cause, { examples }]) =>
      examples.map((each) => ({ cause, ...each })),
    ),
  };
  mkdirSync(out, { recursive: true });
  for (const [name, lines] of Object.entries(files)) {
    writeFileSync(join(out, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof UnreadableSchemas)) throw error;
  process.stderr.write(`fuzz: ${error.message}\nTry npm run fuzz -- --help.\n`);
  process.exitCode = 2;
}
