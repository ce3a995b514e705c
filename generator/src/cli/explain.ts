import { everyExplainedRule } from '../checker/catalogue.ts';
import { mirrorWords } from '../checker/mirror-words.ts';
import { nearest } from '../diagnostics/did-you-mean.ts';
import type { RuleText } from '../diagnostics/rule-text.ts';
import { wrapped } from '../diagnostics/visible.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { paint } from './paint.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** `tenet explain RULE`: what must hold, why, and what to do. Without a rule: the list. */
export function runExplain(rule: string | undefined, terminal: Terminal): ExitCode {
  const entries = everyExplainedRule;
  if (rule === undefined) {
    const longest = Math.max(...entries.map(({ id }) => id.length));
    for (const { id, severity, summary } of entries) {
      terminal.out(`${id.padEnd(longest)}  ${severity.padEnd(7)}  ${summary}\n`);
    }
    return exitCodes.clean;
  }
  const entry = entries.find(({ id }) => id === rule) ?? onlyByName(entries, rule);
  if (!entry) {
    const near = nearest(
      rule,
      entries.flatMap(({ id }) => [id, id.slice(id.indexOf('/') + 1)]),
    );
    throw new UsageError(
      `There is no rule \`${rule}\`.`,
      near === undefined ? '`tenet explain` lists the rules' : `did you mean \`${near}\`?`,
    );
  }
  const colour = paint(terminal.colour);
  const paragraph = (text: string): string => `${wrapped(text, terminal.width).join('\n')}\n`;
  terminal.out(`${colour.bold(entry.id)}  ${entry.severity}\n\n${paragraph(entry.summary)}`);
  terminal.out(`\n${paragraph(entry.why)}`);
  const mirror = mirrorWords(entry.id);
  if (mirror !== undefined) terminal.out(`\n${paragraph(mirror)}`);
  return exitCodes.clean;
}

/** `tenet explain required-added` without the family, when only one family has it. */
function onlyByName(entries: readonly RuleText[], name: string): RuleText | undefined {
  const found = entries.filter(({ id }) => id.endsWith(`/${name}`));
  return found.length === 1 ? found[0] : undefined;
}
