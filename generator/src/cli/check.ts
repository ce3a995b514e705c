import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { asksOfEarlierVersions, type CheckReport, check } from '../checker/index.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { printJson } from '../diagnostics/json-printer.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import { compare } from '../schema/index.ts';
import { type CheckScreen, printCheck } from './check-screen.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { earlierVersions } from './earlier-versions.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { loadBaseline } from './load-baseline.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly contracts: string;
  /** Absent: what the CI system says of a pull request; false: nothing, whatever it says. */
  readonly against?: string | false;
  readonly format: 'text' | 'json';
  readonly now?: Date;
}

/** Work for one pair of schemas; a pull request rarely changes more than a few. */
const budgetMs = 5000;

export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const started = performance.now();
  const now = options.now ?? new Date();
  const tree = folderTree(contractsFolder(options.contracts), labelOf(options.contracts));
  const baseline = await loadBaseline(options.against, options.contracts, process.env);
  const before = baseline?.set;
  const [after, loaderFindings] = await loadContracts(tree, { now, rules: everyRule.map(({ id }) => id) });
  const asked = before && after ? asksOfEarlierVersions(before, after) : [];
  const earlier =
    baseline?.history && asked.length > 0
      ? await earlierVersions(baseline.history, asked, { now, label: tree.label })
      : undefined;
  const report: CheckReport = after
    ? check({
        after,
        clock: { now },
        payload: { compare, budgetMs },
        ...(before ? { before } : {}),
        ...(earlier ? { retained: earlier.retained, said: earlier.findings } : {}),
      })
    : { contracts: [], workspace: [] };
  const readAfter = after ? after.textOf : treeText(tree);
  const screen: CheckScreen = {
    report,
    loaderFindings,
    textOf: (path) => readAfter(path) ?? before?.textOf(path) ?? earlier?.textOf(path),
    seconds: (performance.now() - started) / 1000,
    readable: after !== undefined,
    ...(baseline === undefined ? {} : { against: baseline.name }),
    ...(baseline?.words === undefined ? {} : { comparedWith: baseline.words }),
    nothingBefore: before?.contracts.length === 0,
  };
  terminal.out(options.format === 'json' ? asJson(screen) : printCheck(screen, terminal));
  return hasErrors(screen) ? exitCodes.findings : exitCodes.clean;
}

function findingsOf({ report, loaderFindings }: CheckScreen): readonly Finding[] {
  return [...loaderFindings, ...report.workspace, ...report.contracts.flatMap(({ findings }) => findings)];
}

function hasErrors(screen: CheckScreen): boolean {
  return findingsOf(screen).some(({ severity }) => severity === 'error');
}

function asJson(screen: CheckScreen): string {
  const { contracts } = screen.report;
  return printJson(findingsOf(screen), {
    command: 'check',
    complete: screen.readable,
    ...(screen.against === undefined ? {} : { against: screen.against }),
    ...(screen.comparedWith === undefined ? {} : { comparedWith: screen.comparedWith }),
    contracts: contracts.length,
    ...(screen.against === undefined
      ? {}
      : { unchanged: contracts.filter(({ state }) => state === 'unchanged').length }),
    excused: contracts.flatMap(({ excused }) =>
      excused.map(({ finding, exceptions }) => ({
        rule: finding.rule,
        fingerprint: finding.fingerprint,
        contract: finding.contract,
        message: finding.message,
        by: exceptions.map(({ team, reason, expires }) => ({ team, reason, expires })),
      })),
    ),
    changes: contracts
      .filter(({ state }) => state !== 'unchanged')
      .map(({ id, path, state, before, after, words }) => ({
        contract: id,
        path,
        state,
        before,
        after,
        compatible: words,
      })),
  });
}
