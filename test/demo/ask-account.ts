/** Chapter 4: asks the checker, a process that imports nothing of the runtime, and prints what it counted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { orderPlaced } from '@tenet/events/orders';
import { contract } from '@tenet/runtime';
import type { DeadLetterSummary } from '../account/account.ts';
import type { Answer, Question } from '../account/main.ts';
import type { Screen } from './screen.ts';

const checker = resolve(import.meta.dirname, '../account/main.ts');

/** The question about the two consumers of the story. */
export function questionAbout(database: string, topics: Question['topics']): Question {
  const { fulfillment, analytics } = orderPlaced;
  const about = (consumer: typeof fulfillment | typeof analytics, table: string) => {
    const { name, delivery, deadLetter, event } = consumer[contract];
    const deduplicates = delivery === 'effectively-once';
    return { name, topic: event.topic.name, deadLetters: deadLetter?.topic ?? '', table, deduplicates };
  };
  return { database, topics, consumers: [about(fulfillment, 'picks'), about(analytics, 'order_facts')] };
}

export async function askAccount(question: Question): Promise<Answer> {
  // kafkajs, with which the checker reads topics, asks for timers of a negative length; harmless, and not its story.
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', checker], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(question));
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0 && code !== 100) throw new Error(`the checker ended with exit code ${code}`);
  return JSON.parse(answer) as Answer;
}

export function printAccount({ consumers }: Answer, screen: Screen): void {
  const owners = [orderPlaced.fulfillment, orderPlaced.analytics].map((consumer) => consumer[contract]);
  for (const { name, account, broken } of consumers) {
    const of = owners.find((owner) => owner.name === name);
    const once = of?.delivery === 'effectively-once';
    const verdict = broken.length === 0 ? screen.good('✓ kept') : screen.bad(`✗ broken: ${broken.join(', ')}`);
    screen.line(`${screen.strong(name.padEnd(12))} ${of?.owner} · ${of?.delivery}   ${verdict}`);
    const parts = [`handled ${number(account.handled)}`];
    if (once) parts.push(`duplicate ${account.duplicate}`);
    parts.push(`dead-lettered ${account.deadLettered}`);
    screen.line(`  emitted ${number(account.emitted)} = ${parts.join(' + ')}`);
    const twice = once ? `effects applied twice ${account.appliedTwice}` : `repeated ${account.appliedTwice} (allowed)`;
    screen.line(`  lost ${account.lost} · ${twice} · out of order ${account.outOfOrder}`);
    const due = (letter: DeadLetterSummary) => `${letter.owner}, by ${clock(letter.investigateBy)}`;
    for (const [whom, letters] of Map.groupBy(account.letters, due)) {
      screen.line(`  dead letters · ${whom}`);
      for (const { message } of letters) screen.line(screen.dim(`    ${message.replace(`${of?.event.name}: `, '')}`));
    }
  }
}

const number = (n: number) => n.toLocaleString('en');

const clock = (iso: string) =>
  new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
