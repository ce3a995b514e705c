import { gateRules, promiseRules, versionRules, workspaceRules } from './promise/index.ts';

const mirrors = new Map(
  [...gateRules, ...promiseRules, ...versionRules, ...workspaceRules].map(({ id, mirror }) => [id, mirror]),
);

/** What is said of the opposite change; undefined where the rule judges both directions, or only one version. */
export function mirrorWords(id: string): string | undefined {
  const mirror = mirrors.get(id);
  if (mirror === undefined) return undefined;
  if ('harmless' in mirror) return `The opposite change needs no rule: ${mirror.harmless}.`;
  return mirror.rule === id ? undefined : `The opposite change: \`${mirror.rule}\`.`;
}
