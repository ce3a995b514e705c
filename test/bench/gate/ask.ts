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
  const answers: TimedAnswer[] = [];
  let process = new Answering(contender);
  // Whatever is loaded and compiled on first use is there before the clock starts.
  for (const question of questions.slice(0, 20)) await process.ask(question);
  for (const question of questions) {
    const started = performance.now();
    const answer = await process.ask(question);
    if (answer === undefined) {
      answers.push({ verdict: 'error', reason: 'no answer in time', micros: patience * 1000, milliseconds: patience });
      process.stop();
      process = new Answering(contender);
    } else {
      const fromOutside = performance.now() - started;
      answers.push({ ...answer, milliseconds: contender.clock === 'its own' ? answer.micros / 1000 : fromOutside });
    }
  }
  process.stop();
  return answers;
}

/** One process of a contender. */
class Answering {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor({ program }: Contender) {
    this.#child = spawn(process.execPath, [program.file, ...program.args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.resume();
    // A process that ended is met as an answer that does not come.
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Undefined: none came in time, or ever will. */
  async ask(question: Question): Promise<Answer | undefined> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), patience);
    });
    const line = await Promise.race([this.#lines.next(), late]);
    clearTimeout(timer);
    return line === undefined || line.done === true ? undefined : JSON.parse(line.value);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
