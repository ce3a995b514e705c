import { folderTree } from '../baseline/folder-tree.ts';
import { everyRule } from '../checker/catalogue.ts';
import { asksOfEarlierVersions, type CheckReport, check } from '../checker/index.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts, treeText } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { compare } from '../schema/index.ts';
import { contractsFolder, labelOf } from './contracts-folder.ts';
import { earlierVersions } from './earlier-versions.ts';
import { type LoadedBaseline, loadBaseline } from './load-baseline.ts';

export interface ChangeOptions {
  readonly contracts: string;
  /** Absent: what the CI system says of a pull request; false: nothing, whatever it says. */
  readonly against?: string | false;
  /** Stands in for `against` where that is absent and there is no pull request; default: nothing. */
  readonly otherwise?: string;
  /** Milliseconds of work for one pair of schemas before the answer is unknown. */
  readonly budget: number;
  readonly now?: Date;
}

/** The contracts of a folder, and what the rules say of how they came to be what they are. */
export interface JudgedChange {
  /** Absent when they could not all be read. */
  readonly after: ContractSet | undefined;
  readonly baseline: LoadedBaseline | undefined;
  /** What was found on the way to reading them. */
  readonly loaderFindings: readonly Finding[];
  readonly report: CheckReport | undefined;
  /** Text of a file by its printed path, of any version that was read. */
  readonly textOf: (path: string) => string | undefined;
}

export async function judgeChange(options: ChangeOptions): Promise<JudgedChange> {
  const { contracts, otherwise, budget: budgetMs, now = new Date() } = options;
  const tree = folderTree(contractsFolder(contracts), labelOf(contracts));
  const known = new KnownContracts();
  const load = (against: string | false | undefined): Promise<LoadedBaseline | undefined> =>
    loadBaseline(against, contracts, process.env, known);
  const named = await load(options.against);
  const baseline = named === undefined && options.against === undefined ? await load(otherwise ?? false) : named;
  const before = baseline?.set;
  const [after, loaderFindings] = await loadContracts(tree, {
    now,
    rules: everyRule.map(({ id }) => id),
    ...(before ? { known } : {}),
  });
  const asked = before && after ? asksOfEarlierVersions(before, after) : [];
  const earlier =
    baseline?.history && asked.length > 0
      ? await earlierVersions(baseline.history, asked, { now, label: tree.label })
      : undefined;
  const report = after
    ? check({
        after,
        clock: { now },
        payload: { compare, budgetMs },
        ...(before ? { before } : {}),
        ...(earlier ? { retained: earlier.retained, said: earlier.findings } : {}),
      })
    : undefined;
  const readAfter = after ? after.textOf : treeText(tree);
  const textOf = (path: string): string | undefined => readAfter(path) ?? before?.textOf(path) ?? earlier?.textOf(path);
  return { after, baseline, loaderFindings, report, textOf };
}
