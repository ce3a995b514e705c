import { Command, CommanderError, Option } from 'commander';
import { type ExitCode, exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo, UsageError } from './usage-error.ts';

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
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    if (error instanceof UsageError || error instanceof CannotDo) {
      terminal.err(`tenet: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
      return error instanceof UsageError ? exitCodes.usage : exitCodes.failure;
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`tenet: this is a bug of ours, not of your contracts. Please report it with these lines:\n${stack}\n`);
    return exitCodes.failure;
  }
}

function commands(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('tenet')
    .description('Event contracts that read the same backward and forward.')
    .usage('<command> [options]')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(`tenet: ${text.replace(/^error: /, '')}`),
    })
    .configureHelp({ helpWidth: 80 })
    .showSuggestionAfterError(true)
    .addHelpText('after', exitCodesHelp);

  const command = (name: string, description: string, examples: readonly string[]): Command =>
    program
      .command(name)
      .description(description)
      .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`)
      .addHelpText('after', exitCodesHelp);

  command('check', 'Judge the contracts, alone or against an earlier version of them.', [
    'tenet check',
    'tenet check --against origin/main',
    'tenet check --against ../release-4/contracts --format json',
  ])
    .option('--contracts <dir>', 'folder of the contracts', defaultContracts)
    .option('--against <ref|folder>', 'what to compare with: a Git ref, or a folder of contracts (write ./name)')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(['text', 'json']).default('text'))
    .option('--now <time>', 'judge dates as of this ISO time', readTime)
    .action(async (options: { contracts: string; against?: string; format: 'text' | 'json'; now?: Date }) => {
      const { runCheck } = await import('./check.ts');
      done(await runCheck(options, terminal));
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
  return program;
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
