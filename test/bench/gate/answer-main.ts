/** Answers questions in the protocol of `tenet schema compare --batch` with the checker that the argument names. */
import { createInterface } from 'node:readline';
import type { Answer } from './ask.ts';
import { deciders } from './deciders.ts';
import type { Question } from './question.ts';

const decide = await deciders[process.argv[2] ?? '']?.();
if (decide === undefined) throw new Error(`one of ${Object.keys(deciders).join(', ')} was expected`);

for await (const line of createInterface({ input: process.stdin })) {
  const question: Question = JSON.parse(line);
  const started = performance.now();
  let answer: Pick<Answer, 'verdict' | 'reason'>;
  try {
    answer = { verdict: await decide(question) };
  } catch (error) {
    answer = { verdict: 'error', reason: String(error).slice(0, 200) };
  }
  const micros = Math.round((performance.now() - started) * 1000);
  process.stdout.write(`${JSON.stringify({ id: question.id, ...answer, micros })}\n`);
}
