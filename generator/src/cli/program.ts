import { Command, CommanderError, Option } from 'commander';
import { visible } from '../diagnostics/visible.ts';
import { dialects } from '../schema/ast.ts';
import type { CheckOptions } from './check.ts';
import type { DiffOptions } from './diff.ts';
import { type ExitCode, exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { GenerateOptions } from './generate.ts';
import { outputHelp, readOutput } from './outputs.ts';
import type { SchemaCompareOptions } from './schema.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo, UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** Where contracts live unless `--contracts` says otherwise. */
const defaultContracts = 'contracts';

/**
 * The command line. Commands are imported when they run, so that `--help` starts at once and `check` never loads the
 * code generator. Whatever goes wrong comes out as an exit code and a sentence; only a bug of ours leaves a stack.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.clean;
  const program = commands(terminal, (answer) => {
    code = answer;
  });
  try {
    if (args.length === 0) {
      const { nextStep } = await import('./next-step.ts');
      return nextStep(terminal);
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments') terminal.err(`  ${behindOptions}\n`);
      return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    }
    if (error instanceof UsageError || error instanceof CannotDo) {
      terminal.err(`tenet: ${shown(error.message)}\n${error.hint === undefined ? '' : `  ${shown(error.hint)}\n`}`);
      return error instanceof UsageError ? exitCodes.usage : exitCodes.failure;
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`tenet: this is a bug of ours, not of your contracts. Please report it with these lines:\n${stack}\n`);
    return exitCodes.failure;
  }
}

const behindOptions = 'a folder is named with `--contracts <dir>`, what to compare with by `--against <ref>`';

/** What was typed may be echoed, and may hold what moves a cursor. Our own line breaks stay. */
function shown(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

function commands(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('tenet')
    .description('Event contracts that read the same backward and forward.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(shown(text.replace(/^error: /, 'tenet: '))),
    })
    .configureHelp({ helpWidth: 80 })
    .showSuggestionAfterError(true)
    .addHelpText('after', exitCodesHelp);

  const command = (name: string, description: string, examples: readonly string[]): Command =>
    describe(program.command(name), description, examples);

  command('check', 'Judge the contracts, alone or against an earlier version of them.', [
    'tenet check',
    'tenet check --against origin/main',
    'tenet check --against ../release-4/contracts --format json',
    'tenet check --format github --format sarif=tenet.sarif',
  ])
    .option('--contracts <dir>', 'folder of the contracts', folder('--contracts'), defaultContracts)
    .option('--against <ref|folder|archive>', 'what to compare with; in a pull request its target', baseline)
    .option('--no-against', 'compare with nothing, also in a pull request')
    .addOption(new Option('--format <format[=file]>', outputHelp).argParser(readOutput).default([], 'text'))
    .option('--budget <ms>', 'work for one pair of schemas before the answer is unknown', readMilliseconds, 1000)
    .option('--now <time>', 'judge dates as of this ISO time', readTime)
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./check.ts');
      done(await runCheck(options, terminal));
    });

  command('diff', 'Say what changed for consumers, in words: the changelog of a pull request.', [
    'tenet diff',
    'tenet diff --against origin/main --format markdown',
    'tenet diff --against v4 orders.order-placed',
  ])
    .argument('[contracts...]', 'names of contracts, `orders.order-placed` or `orders.order-placed@1`; all without any')
    .option('--contracts <dir>', 'folder of the contracts', folder('--contracts'), defaultContracts)
    .option('--against <ref|folder|archive>', 'what to compare with; else a pull request’s target, or HEAD', baseline)
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'markdown', 'json']).default('text'),
    )
    .option('--budget <ms>', 'work for one pair of schemas before the answer is unknown', readMilliseconds, 1000)
    .option('--now <time>', 'judge dates as of this ISO time', readTime)
    .action(async (names: string[], options: DiffOptions) => {
      const { runDiff } = await import('./diff.ts');
      done(await runDiff(names, options, terminal));
    });

  command('generate', 'Write the SDK, alerts, topics, SQL and pages that the contracts ask for.', [
    'tenet generate',
    'tenet generate --check',
  ])
    .option('--contracts <dir>', 'folder of the contracts', folder('--contracts'), defaultContracts)
    .option('--out <dir>', 'folder to write to', folder('--out'), 'generated')
    .option('--check', 'write nothing; say what would change (exit code 100 when something would)')
    .action(async (options: GenerateOptions) => {
      const { runGenerate } = await import('./generate.ts');
      done(await runGenerate(options, terminal));
    });

  command('explain', 'Say what a rule asks for, why, and what to do; without a rule, list them.', [
    'tenet explain promise/idempotency-window-shortened',
    'tenet explain required-added',
  ])
    .argument('[rule]', 'id of the rule, as findings print it')
    .action(async (rule: string | undefined) => {
      const { runExplain } = await import('./explain.ts');
      done(runExplain(rule, terminal));
    });
  const schema = program.command('schema').description('Work with payload schemas apart from any contract.');
  describe(schema.command('compare'), 'Does a new schema accept what an old one accepts? 0 if it is proved.', [
    'tenet schema compare old.json new.json',
    'tenet schema compare old.avsc new.avsc',
    'tenet schema compare --batch < pairs.jsonl',
  ])
    .argument('[files...]', 'the old schema, then the new one (JSON or YAML)')
    .option('--batch', 'read pairs from standard input, one JSON object a line, and answer in the same order')
    .addOption(
      new Option('--avro', 'Avro: can the new schema read what the old one wrote? (by itself for .avsc)').conflicts([
        'relation',
        'dialect',
        'assertFormat',
      ]),
    )
    .addOption(
      new Option('--format <format>', 'how the answer is printed')
        .choices(['text', 'json'])
        .default('text')
        .conflicts('batch'),
    )
    .addOption(
      new Option('--relation <relation>', 'inclusion: every value · events: what is emitted, by what is accepted')
        .choices(['inclusion', 'events'])
        .default('inclusion'),
    )
    .addOption(new Option('--dialect <dialect>', 'of schemas without `$schema`').choices(dialects).default('2020-12'))
    .option('--assert-format', 'let `format` decide about validity')
    .option('--budget <ms>', 'work for one pair before the answer is unknown', readMilliseconds, 1000)
    .action(async (files: string[], options: SchemaCompareOptions) => {
      const { runSchemaCompare } = await import('./schema.ts');
      done(await runSchemaCompare(files, options, terminal));
    });
  return program;
}

function describe(command: Command, description: string, examples: readonly string[]): Command {
  return command
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`)
    .addHelpText('after', exitCodesHelp);
}

/** A variable that is empty in a script would mean the folder that the command runs in. */
function folder(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw new UsageError(`${option} wants a folder, and was given nothing.`, `for example \`${option} ./contracts\``);
  };
}

function baseline(text: string): string {
  if (text.trim() !== '') return text;
  throw new UsageError(
    '--against wants a Git ref, a folder or an archive, and was given nothing.',
    'is a variable of the script empty? for example `--against origin/main`',
  );
}

function readMilliseconds(text: string): number {
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1)
    throw new UsageError(`--budget wants whole milliseconds, not \`${text}\`.`, 'for example `--budget 1000`');
  return ms;
}

function readTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) {
    throw new UsageError(
      `--now wants an ISO time, not \`${text}\`.`,
      'for example `--now 2026-12-24` or `--now 2026-12-24T08:00:00Z`',
    );
  }
  return time;
}
