import { baselineTree } from '../baseline/baseline-tree.ts';
import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { check } from '../checker/index.ts';
import { findingsOf } from '../diagnostics/report.ts';
import { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { compare } from '../schema/index.ts';
import { checkReport } from './check-report.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Output } from './outputs.ts';
import type { Terminal } from './terminal.ts';
import { CannotDo } from './usage-error.ts';
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

async function loadBaseline(spec: string, contracts: string, known: KnownContracts): Promise<ContractSet> {
  const [tree, problems] = baselineTree(spec, contracts);
  if (!tree) {
    const [problem] = problems;
    throw new CannotDo(problem?.message ?? `there is nothing to compare with at \`${spec}\`.`, problem?.hint);
  }
  const [set, findings] = await loadContracts(tree, { baseline: true, known });
  if (set) return set;
  const first = findings.find(({ severity }) => severity === 'error');
  throw new CannotDo(
    `the contracts of \`${spec}\` cannot be read, so nothing can be compared with them.${first ? `\n  ${first.at.path}:${first.at.line}:${first.at.column} ${first.rule}: ${first.message}` : ''}`,
    'compare with the last commit whose contracts load; `tenet check` without `--against` tells whether these do',
  );
}
