/** `npm run simulate`: random histories of a consumer group, every invariant judged at every event. */
import { parseArgs } from 'node:util';
import { screen as openScreen } from '../demo/screen.ts';
import { keep } from '../unit/runtime/kept-histories.ts';
import { deliveries, type History, shrunkHistory, simulate, stepsOfHistory } from '../unit/runtime/simulate.ts';

const usage = `npm run simulate                                   10,000 histories of each delivery
npm run simulate -- --seed 7 --schedules 50000     others, and more
npm run simulate -- --seed 7 --schedules 1 --delivery at-least-once

  --seed <n>         of the first history; the next ones count on (default 1)
  --schedules <n>    histories of each delivery (default 10000)
  --delivery <name>  at-least-once or effectively-once only
  --keep             writes a broken history, made small, to the file that the
                     tests play again

Members come, go, freeze and die; handlers are slow, fail and kill; commits, dead
letters, losses and store calls fail or are never answered. A broken history is
made small and printed with the end of its trace. Exit code 0: no invariant was
broken; 1: one was; 2: the command line is wrong.
`;

/** Of one delivery; more of the same cause say nothing new. */
const mostBroken = 3;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      seed: { type: 'string', default: '1' },
      schedules: { type: 'string', default: '10000' },
      delivery: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [seed, schedules] = [whole('--seed', values.seed), whole('--schedules', values.schedules)];
  const chosen = deliveries.filter((delivery) => values.delivery === undefined || values.delivery === delivery);
  if (chosen.length === 0) throw new UsageError(`--delivery is ${deliveries.join(' or ')}.`);
  const broken: History[] = [];
  const screen = openScreen();
  for (const delivery of chosen) {
    let count = 0;
    for (let played = 0; played < schedules && count < mostBroken; played += 1) {
      const history = { seed: seed + played, delivery, steps: stepsOfHistory };
      const error = await errorOf(history);
      if (error !== undefined) {
        count += 1;
        broken.push(await told(history, error));
      }
      if (played % 20 === 0) screen.progress(played, schedules, `${delivery}, ${count} broken`);
    }
    screen.done(schedules, `${delivery}, ${count} broken`);
  }
  if (values.keep) for (const history of broken) keep(history);
  return broken.length === 0 ? 0 : 1;
}

async function told(history: History, error: Error): Promise<History> {
  const small = await shrunkHistory(history);
  const { message } = (await errorOf(small)) ?? error;
  process.stdout.write(`\n${message}\n${JSON.stringify(small)}\n\n`);
  return small;
}

async function errorOf(history: History): Promise<Error | undefined> {
  return simulate(history).then(
    () => undefined,
    (error: Error) => error,
  );
}

class UsageError extends Error {}

function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} wants a whole number above zero, not \`${text}\`.`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  if (!isUsage) throw error;
  process.stderr.write(`simulate: ${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
