import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { check } from '../checker/index.ts';
import { findingsOf } from '../diagnostics/report.ts';
import { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import { compare } from '../schema/index.ts';
import { checkReport } from './check-report.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadBaseline } from './load-baseline.ts';
import type { Output } from './outputs.ts';
import type { Terminal } from './terminal.ts';
import { writeReport } from './write-report.ts';

export interface CheckOptions {
  readonly contracts: string;
  readonly against?: string;
  /** Where the findings go, and how; on the terminal as text when nothing else is printed there. */
  readonly format: readonly Output[];
  readonly now?: Date;
}

/** Work for one pair of schemas; a pull request rarely changes more than a few. */
const budgetMs = 5000;

export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const now = options.now ?? new Date();
  const tree = folderTree(contractsFolder(options.contracts), labelOf(options.contracts));
  const known = new KnownContracts();
  const before =
    options.against === undefined ? undefined : await loadBaseline(options.against, options.contracts, known);
  const [after, loaderFindings] = await loadContracts(tree, {
    now,
    rules: everyRule.map(({ id }) => id),
    ...(before ? { known } : {}),
  });
  const judged = after
    ? check({ after, clock: { now }, payload: { compare, budgetMs }, ...(before ? { before } : {}) })
    : undefined;
  const readAfter = after ? after.textOf : treeText(tree);
  const report = checkReport(judged, loaderFindings, {
    seconds: (performance.now() - started) / 1000,
    nothingBefore: before?.contracts.length === 0,
    ...(options.against === undefined ? {} : { against: options.against }),
  });
  writeReport(report, options.format, (path) => readAfter(path) ?? before?.textOf(path), terminal);
  return findingsOf(report).some(({ severity }) => severity === 'error') ? exitCodes.findings : exitCodes.clean;
}
