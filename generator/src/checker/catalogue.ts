import { contractRules } from '../diagnostics/catalogue.ts';
import { outputRules } from '../diagnostics/output-rules.ts';
import { designRules } from './design/index.ts';
import { exceptionRules } from './exceptions.ts';
import { payloadEntries } from './payload/catalogue.ts';
import { gateRules, promiseRules, versionRules, workspaceRules } from './promise/index.ts';
import type { RuleEntry } from './rule.ts';

/** A family of rules with what it judges, for people. */
export interface RuleFamily {
  readonly name: string;
  readonly about: string;
  readonly rules: readonly RuleEntry[];
}

/** Every rule that `tenet check` can name beside those of the loader, in the order of reports. */
export const ruleFamilies: readonly RuleFamily[] = [
  { name: 'design', about: 'One contract, as it stands. Errors stop `tenet generate`.', rules: designRules },
  {
    name: 'payload',
    about:
      'Two schemas: what producers emit against what consumers accept, in the directions that `compatibility` names.',
    rules: payloadEntries,
  },
  {
    name: 'promise',
    about:
      'Two versions of one contract, and of what stands around all of them: everything that is promised beside the payload. A draft has promised nothing yet.',
    rules: [...gateRules, ...promiseRules, ...versionRules, ...workspaceRules],
  },
  { name: 'exception', about: 'The permissions in `contracts/exceptions/`.', rules: Object.values(exceptionRules) },
];

export const everyRule: readonly RuleEntry[] = ruleFamilies.flatMap(({ rules }) => rules);

/** With those of the loader and of the output: every rule that a finding can name. */
export const explainedFamilies: readonly RuleFamily[] = [
  {
    name: 'contract',
    about: 'The files, before any rule can judge them. Nobody can sign an exception from these.',
    rules: Object.entries(contractRules).map(([id, { severity, summary, why }]) => ({ id, severity, summary, why })),
  },
  ...ruleFamilies,
  { name: 'output', about: 'What `tenet generate` refuses to write.', rules: outputRules },
];

export const everyExplainedRule: readonly RuleEntry[] = explainedFamilies.flatMap(({ rules }) => rules);
