import { code, codeBlock, markdown } from '../../diagnostics/markdown.ts';
import type { ContractSet } from '../../model/contract-set.ts';
import type { OutputFile } from '../../output/output-file.ts';

/** How to load and test the rules, and which metrics they read. */
export function alertsReadme(set: ContractSet): OutputFile {
  const { metrics } = set.workspace;
  const elsewhere =
    metrics === 'tenet'
      ? markdown``
      : markdown`
> **Not what the workspace asks for.** ${code('tenet.yaml')} says ${code(`metrics: ${metrics}`)}. Rules over the metrics of
> ${code(metrics)} are not built yet: those below read the metrics that Tenet's own runtime exports, and are of use only where
> Prometheus scrapes the services.
`;
  return {
    path: 'alerts/README.md',
    text: markdown`# Alert rules

Generated from the contracts. Do not edit: the next run overwrites it.
${elsewhere}
Each consumer and each producer has a file of rules, ${code('<domain>/<event>/v<major>/{consumers,producers}/<name>.rules.yaml')},
and beside it the tests that prove when each rule fires and when it does not. The rules read the metrics that Tenet's
runtime exports. A service that the contract marks as hand-written (${code('generated: false')}) exports none and has no rules.

Load them in ${code('prometheus.yml')}:

${codeBlock('yaml', 'rule_files:\n  - alerts/*/*/*/*/*.rules.yaml')}

Test them with Prometheus' own tool:

${codeBlock('sh', 'promtool check rules alerts/*/*/*/*/*.rules.yaml\npromtool test rules alerts/*/*/*/*/*.test.yaml')}

Every alert carries ${code('severity')} (${code('critical')} pages), ${code('team')} (who answers), ${code('contract')}, and
${code('consumer')} or ${code('service')}; its ${code('runbook_url')} is a section of the contract's page, its ${code('dashboard_url')} the
list of graphs there.
`,
  };
}
