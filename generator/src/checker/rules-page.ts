import { explainedFamilies } from './catalogue.ts';
import { mirrorWords } from './mirror-words.ts';

/** The text of `docs/rules.md`, for which the rules themselves are the only source. */
export function rulesPage(): string {
  const lines = [
    '<!-- Written from the rules themselves by `UPDATE=1 npx vitest run test/unit/checker`. Do not edit. -->',
    '',
    '# The rules',
    '',
    'What `tenet check` and `tenet generate` can find. Errors exit with 100; warnings and notes change no exit code.',
    '`tenet explain <rule>` prints the same text.',
  ];
  for (const { name, about, rules } of explainedFamilies) {
    lines.push('', `## ${name}`, '', about);
    for (const { id, severity, summary, why } of rules) {
      lines.push('', `### ${id}`, '', `*${severity}* · ${summary}`, '', why);
      const mirror = mirrorWords(id);
      if (mirror !== undefined) lines.push('', mirror);
    }
  }
  return `${lines.join('\n')}\n`;
}
