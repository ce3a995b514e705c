import type { BenchResult, Progress } from '../bench.ts';
import { median, quantile } from '../statistics.ts';
import { type Table, threeDigits } from '../table.ts';
import { askAll, type TimedAnswer } from './ask.ts';
import { type Contender, contenders } from './contenders.ts';
import { ownQuestions } from './own-questions.ts';
import { type Question, readQuestions } from './question.ts';

export interface GateOptions {
  /** Files of labelled questions, instead of our own. */
  readonly questions: readonly string[];
  /** Files of version pairs without labels: verdicts are counted, not judged. */
  readonly histories: readonly string[];
  /** Every how many-th question is asked; 1: all. */
  readonly every: number;
}

interface Score {
  readonly contender: string;
  readonly right: number;
  readonly falsePass: number;
  readonly falseBlock: number;
  readonly unknown: number;
  readonly error: number;
  readonly compatible: number;
  readonly incompatible: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** How often each checker is right about whether a change of a schema breaks readers, and how long it takes to say so. */
export async function gateBench(options: GateOptions, progress: Progress): Promise<BenchResult> {
  const own = options.questions.length === 0;
  const labelled = own ? ownQuestions() : options.questions.flatMap(readQuestions);
  const unlabelled = options.histories.flatMap(readQuestions);
  const judged = await scores(thinned(labelled, options.every), progress);
  const counted = unlabelled.length === 0 ? [] : await scores(thinned(unlabelled, options.every), progress);
  const yes = thinned(labelled, options.every).filter(({ compatible }) => compatible === true).length;
  const asked = thinned(labelled, options.every).length;
  return {
    name: 'gate',
    title: 'The gate: is every event of the old schema accepted by the new one?',
    about: [
      own
        ? `${asked} questions of our own (${yes} compatible), each change of a field at several places of an event, in both directions: \`test/bench/gate\`. They are ours, so they show that nothing is broken more than who is best; \`npm run bench -- gate --questions FILE\` asks others.`
        : `${asked} questions of ${yes} compatible changes, from the files that were named.`,
      'A false pass is a breaking change that is let through, a false block a harmless one that is stopped. Each checker runs in a process of its own and is warm; times are for one pair, parsing included. `--batch` is timed from outside, with pipes and JSON.',
    ],
    tables: [
      { caption: 'Labelled questions', table: judgedTable(judged) },
      ...(counted.length === 0 ? [] : [{ caption: 'Version pairs without labels', table: countedTable(counted) }]),
    ],
    data: { questions: asked, compatible: yes, judged, counted },
  };
}

function thinned(questions: readonly Question[], every: number): readonly Question[] {
  return questions.filter((_, index) => index % every === 0);
}

async function scores(questions: readonly Question[], progress: Progress): Promise<Score[]> {
  const all: Score[] = [];
  for (const contender of contenders()) {
    progress(`gate: ${contender.name}, ${questions.length} questions`);
    all.push(scoreOf(contender, questions, await askAll(contender, questions)));
  }
  return all;
}

export function scoreOf(
  { name }: Pick<Contender, 'name'>,
  questions: readonly Question[],
  answers: readonly TimedAnswer[],
): Score {
  const count = (fits: (verdict: TimedAnswer['verdict'], compatible: boolean | undefined) => boolean): number =>
    answers.filter(({ verdict }, index) => fits(verdict, questions[index]?.compatible)).length;
  const times = answers.map(({ milliseconds }) => milliseconds);
  return {
    contender: name,
    right: count((verdict, compatible) => verdict === (compatible ? 'compatible' : 'incompatible')),
    falsePass: count((verdict, compatible) => verdict === 'compatible' && compatible === false),
    falseBlock: count((verdict, compatible) => verdict === 'incompatible' && compatible === true),
    unknown: count((verdict) => verdict === 'unknown'),
    error: count((verdict) => verdict === 'error'),
    compatible: count((verdict) => verdict === 'compatible'),
    incompatible: count((verdict) => verdict === 'incompatible'),
    medianMs: median(times),
    p99Ms: quantile(times, 0.99),
  };
}

function judgedTable(all: readonly Score[]): Table {
  return {
    headings: ['checker', 'right', 'false pass', 'false block', 'unknown', 'error', 'median ms', 'p99 ms'],
    rows: all.map((score) => [
      score.contender,
      ...[score.right, score.falsePass, score.falseBlock, score.unknown, score.error].map(String),
      threeDigits(score.medianMs),
      threeDigits(score.p99Ms),
    ]),
  };
}

function countedTable(all: readonly Score[]): Table {
  return {
    headings: ['checker', 'compatible', 'incompatible', 'unknown', 'error', 'median ms', 'p99 ms'],
    rows: all.map((score) => [
      score.contender,
      ...[score.compatible, score.incompatible, score.unknown, score.error].map(String),
      threeDigits(score.medianMs),
      threeDigits(score.p99Ms),
    ]),
  };
}
