/**
 * `npm run demo`: the main job, from a contract to a kept promise, on embedded defaults. `--kafka` plays the stream on a
 * real Kafka. Exit code 0 when every promise was kept, 1 when not.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freshDatabase, startPostgres } from '../support/postgres.ts';
import { askAccount, printAccount, questionAbout } from './ask-account.ts';
import { tenet } from './commands.ts';
import { setUpDatabase } from './database.ts';
import { inProcess } from './in-process.ts';
import { breakingPullRequest } from './pull-request.ts';
import { screen as openScreen, type Screen } from './screen.ts';
import { playStream, published } from './stream.ts';

const root = resolve(import.meta.dirname, '../..');
const usage = `npm run demo              the whole story in one process over an in-process broker
npm run demo -- --kafka   the stream on a real Kafka, with a process killed by SIGKILL
                          (TENET_KAFKA=host:port uses yours, TENET_POSTGRES=postgres://… your database)
`;

/** `false` when a step went otherwise than it should. */
function playGate(screen: Screen): boolean {
  const colour = process.stdout.isTTY === true;
  const clean = tenet(['check'], { cwd: root, colour });
  screen.chapter(1, 'the gate', 'a contract is a promise, and a pull request may break it');
  screen.line(`$ tenet check  ${screen.dim('# the contracts of this repository')}`);
  screen.quote(clean.output);
  const pullRequest = breakingPullRequest(join(root, 'contracts'));
  try {
    screen.line();
    screen.line(`$ tenet check --against HEAD  ${screen.dim('# a pull request makes `currency` required')}`);
    const blocked = tenet(['check', '--against', 'HEAD'], { cwd: pullRequest.folder, colour });
    screen.quote(blocked.output);
    const right = clean.code === 0 && blocked.code === 100;
    screen.line(
      right ? screen.good('✓ blocked, exit code 100') : screen.bad(`✗ exit codes ${clean.code} and ${blocked.code}`),
    );
    return right;
  } finally {
    pullRequest.remove();
  }
}

function playGenerator(folder: string, screen: Screen): boolean {
  const colour = process.stdout.isTTY === true;
  screen.chapter(2, 'the generator', 'what each promise needs is written out');
  const args = ['generate', '--out', join(folder, 'generated')];
  const shown = `$ tenet generate --out ${relative(folder, join(folder, 'generated'))}`;
  const [first, again] = [0, 1].map(() => tenet(args, { cwd: root, colour }));
  for (const run of [first, again]) {
    screen.line(shown);
    screen.quote(abridged(run?.output.replaceAll(`${folder}/`, '') ?? ''));
  }
  const files = readdirSync(join(folder, 'generated'), { recursive: true }).length;
  return first?.code === 0 && again?.code === 0 && files > 0;
}

/** The list of files is long, and the story goes on. */
function abridged(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines.length > 6 ? [...lines.slice(0, 4), '  …'].join('\n') : lines.join('\n');
}

async function playRuntime(useKafka: boolean, folder: string, screen: Screen): Promise<boolean> {
  screen.chapter(3, 'the stream', published);
  const server = await startPostgres();
  const kafka = useKafka ? await (await import('../support/kafka.ts')).startKafka() : undefined;
  const { url: database, drop } = await freshDatabase(server.url);
  try {
    await setUpDatabase(database);
    const stage = kafka
      ? await (await import('./on-kafka.ts')).onKafka(kafka.brokers, { database, folder })
      : await inProcess({ database, folder });
    try {
      screen.line(screen.dim(`broker: ${stage.broker} · database: PostgreSQL`));
      const { cutAt, torn, failures } = await playStream(stage, database, screen);
      const topics = await stage.stop();
      screen.line(
        `fulfillment was ${stage.cut} after ${cutAt.toLocaleString('en')} picks, ${torn} transactions open, and started again`,
      );
      screen.line(`one handler failed ${failures} times and then succeeded`);
      screen.chapter(4, 'the account', 'counted from topics and tables by a process that imports nothing of ours');
      const answer = await askAccount(questionAbout(database, topics));
      printAccount(answer, screen);
      return answer.consumers.every(({ broken }) => broken.length === 0);
    } finally {
      await stage.close();
    }
  } finally {
    await drop();
    await kafka?.stop();
    await server.stop();
  }
}

const { values } = parseArgs({ options: { kafka: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
if (values.help) {
  process.stdout.write(usage);
} else {
  const screen = openScreen();
  const folder = mkdtempSync(join(tmpdir(), 'tenet-demo-'));
  try {
    const started = performance.now();
    const kept = [
      playGate(screen),
      playGenerator(folder, screen),
      await playRuntime(values.kafka === true, folder, screen),
    ];
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    screen.line();
    if (kept.every(Boolean)) {
      screen.line(`${screen.good('✓ every promise was kept')} · ${seconds} s`);
      screen.line(screen.dim('read on: docs/getting-started.md, generated/docs/README.md'));
    } else {
      screen.line(`${screen.bad('✗ a promise was broken')} · ${seconds} s`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
