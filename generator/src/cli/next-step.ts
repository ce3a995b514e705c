import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { workspaceAbove } from './contracts-folder.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { paint } from './paint.ts';
import type { Terminal } from './terminal.ts';

/** `tenet` alone: looks at the folder it stands in, and says what would come next there. */
export function nextStep(terminal: Terminal): ExitCode {
  const colour = paint(terminal.colour);
  const has = (...path: string[]): boolean => existsSync(join(terminal.cwd, ...path));
  const say = (command: string, why: string): void => terminal.out(`  ${colour.cyan(command.padEnd(36))} ${why}\n`);
  if (!has('contracts', 'tenet.yaml')) {
    const inside = has('tenet.yaml') && has('owners.yaml');
    const above = inside ? undefined : workspaceAbove(terminal.cwd);
    if (above !== undefined) {
      const found = relative(terminal.cwd, above).split(sep).join('/');
      terminal.out('The contracts are further up.\n');
      say(`tenet check --contracts ${found}`, 'are they in order?');
      say('tenet --help', 'all commands');
      return exitCodes.clean;
    }
    terminal.out(inside ? 'This is the folder of the contracts itself.\n' : 'There are no contracts here yet.\n');
    if (inside) say('cd .. && tenet check', 'commands run beside the folder, not in it');
    else {
      terminal.out('A workspace begins with two files:\n');
      say('contracts/tenet.yaml', '`tenet: 1` and `package: "@acme/events"`');
      say('contracts/owners.yaml', '`tenet: 1` and the teams that own things');
      say('contracts/<domain>/<event>/v1.yaml', 'then one file for each event');
    }
    say('tenet --help', 'all commands');
    return exitCodes.clean;
  }
  terminal.out(
    has('generated')
      ? 'Contracts and generated code are here.\n'
      : 'Contracts are here, and nothing is generated from them yet.\n',
  );
  say('tenet check', 'are the contracts in order?');
  if (has('.git')) say('tenet check --against origin/main', 'does a change break anybody?');
  say('tenet generate', has('generated') ? 'bring the generated code up to date' : 'write the SDK, alerts and pages');
  say('tenet explain', 'the rules, and why they are there');
  if (readdirSync(join(terminal.cwd, 'contracts')).every((name) => name.endsWith('.yaml'))) {
    say('contracts/<domain>/<event>/v1.yaml', 'there is no contract yet: write the first');
  }
  return exitCodes.clean;
}
