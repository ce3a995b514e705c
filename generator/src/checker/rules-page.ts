import { ruleFamilies } from './catalogue.ts';
import { gateRules, promiseRules, versionRules, workspaceRules } from './promise/index.ts';

/** The text of `docs/rules.md`, for which the rules themselves are the only source. */
export function rulesPage(): string {
  const mirrors = new Map(
    [...gateRules, ...promiseRules, ...versionRules, ...workspaceRules].map(({ id, mirror }) => [id, mirror]),
  );
  const lines = [
    '<!-- Written from the rules themselves by `UPDATE=1 npx vitest run test/unit/checker`. Do not edit. -->',
    '',
    '# Rules of `tenet check`',
    '',
    'Errors exit with 100; warnings and notes change no exit code. `tenet explain <rule>` prints the same text.',
  ];
  for (const { name, about, rules } of ruleFamilies) {
    lines.push('', `## ${name}`, '', about);
    for (const { id, severity, summary, why } of rules) {
      lines.push('', `### ${id}`, '', `*${severity}* · ${summary}`, '', why);
      const mirror = mirrors.get(id);
      if (mirror && 'harmless' in mirror) lines.push('', `The opposite change needs no rule: ${mirror.harmless}.`);
      else if (mirror && mirror.rule !== id) lines.push('', `The opposite change: \`${mirror.rule}\`.`);
    }
  }
  return `${lines.join('\n')}\n`;
}
