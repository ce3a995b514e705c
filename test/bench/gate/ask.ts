import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Contender } from './contenders.ts';
import type { Question } from './question.ts';

export interface Answer {
  readonly verdict: 'compatible' | 'incompatible' | 'unknown' | 'error';
  readonly reason?: string;
  readonly micros: number;
}

export interface TimedAnswer extends Answer {
  readonly milliseconds: number;
}

/** Milliseconds for one answer; a contender that takes longer is stopped, and asked the next question afresh. */
export const patience = 10_000;

/** Answers in the order of the questions, one at a time. */
export async function askAll(contender: Contender, questions: readonly Question[]): Promise<TimedAnswer[]> {
  const answering = new Answering(contender);
  // Whatever is loaded and compiled on first use is there before the clock starts.
  for (const question of questions.slice(0, 20)) await answering.ask(question);
  const answers: TimedAnswer[] = [];
  for (const question of questions) {
    const started = performance.now();
    const answer = await answering.ask(question);
    const fromOutside = performance.now() - started;
    const isLate = answer === late || contender.clock === 'from outside';
    answers.push({ ...answer, milliseconds: isLate ? fromOutside : answer.micros / 1000 });
  }
  answering.stop();
  return answers;
}

const late: Answer = { verdict: 'error', reason: 'no answer in time', micros: patience * 1000 };

/** A contender's process, and the next one where it hangs or ends. */
class Answering {
  readonly #contender: Contender;
  #child: ChildProcessWithoutNullStreams;
  #lines: AsyncIterator<string>;

  constructor(contender: Contender) {
    this.#contender = contender;
    [this.#child, this.#lines] = start(contender);
  }

  async ask(question: Question): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    let timer: NodeJS.Timeout | undefined;
    const noAnswer = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), patience);
    });
    const line = await Promise.race([this.#lines.next(), noAnswer]);
    clearTimeout(timer);
    if (line !== undefined && line.done !== true) return JSON.parse(line.value);
    this.stop();
    [this.#child, this.#lines] = start(this.#contender);
    return late;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

function start({ program }: Contender): [ChildProcessWithoutNullStreams, AsyncIterator<string>] {
  const child = spawn(process.execPath, [program.file, ...program.args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.resume();
  // A process that ended is met as an answer that does not come.
  child.stdin.on('error', () => {});
  return [child, createInterface({ input: child.stdout })[Symbol.asyncIterator]()];
}
