import { sayChange } from '../checker/changes/change.ts';
import type { ContractReport, CheckReport as Judged } from '../checker/index.ts';
import { gateRules } from '../checker/promise/index.ts';
import type { Finding } from '../diagnostics/finding.ts';
import type { CheckReport, ContractSection } from '../diagnostics/report.ts';

/** What the checker and the loader found, as printers take it. `judged` is absent where the rules could not run. */
export function checkReport(
  judged: Judged | undefined,
  loaderFindings: readonly Finding[],
  run: Pick<CheckReport, 'against' | 'comparedWith' | 'nothingBefore' | 'seconds'>,
): CheckReport {
  const sections = (judged?.contracts ?? []).map(sectionOf);
  const opensGate = ({ loosening, permitted }: ContractSection): boolean => loosening.length + permitted.length > 0;
  return {
    ...run,
    complete: judged !== undefined,
    general: [...loaderFindings, ...(judged?.workspace ?? [])],
    contracts: [...sections.filter(opensGate), ...sections.filter((section) => !opensGate(section))],
  };
}

const gate = new Set(gateRules.map(({ id }) => id));

function sectionOf({ findings, excused, changes, ...rest }: ContractReport): ContractSection {
  return {
    ...rest,
    loosening: findings.filter(({ rule }) => gate.has(rule)),
    findings: findings.filter(({ rule }) => !gate.has(rule)),
    permitted: excused.map(({ finding, exceptions }) => ({
      finding,
      by: exceptions.map(({ team, reason, expires }) => ({ team, reason, expires })),
    })),
    compatible: changes.map(sayChange),
  };
}
