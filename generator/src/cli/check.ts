import { findingsOf } from '../diagnostics/report.ts';
import { checkReport } from './check-report.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type ChangeOptions, judgeChange } from './judge-change.ts';
import type { Output } from './outputs.ts';
import type { Terminal } from './terminal.ts';
import { writeReport } from './write-report.ts';

export interface CheckOptions extends ChangeOptions {
  /** Where the findings go, and how; on the terminal as text when nothing else is printed there. */
  readonly format: readonly Output[];
}

export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const { baseline, loaderFindings, report: judged, textOf } = await judgeChange(options);
  const report = checkReport(judged, loaderFindings, {
    seconds: (performance.now() - started) / 1000,
    nothingBefore: baseline?.set.contracts.length === 0,
    ...(baseline === undefined ? {} : { against: baseline.name }),
    ...(baseline?.words === undefined ? {} : { comparedWith: baseline.words }),
  });
  writeReport(report, options.format, textOf, terminal);
  return findingsOf(report).some(({ severity }) => severity === 'error') ? exitCodes.findings : exitCodes.clean;
}
