import { baselineTree } from '../baseline/baseline-tree.ts';
import type { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { CannotDo } from './usage-error.ts';

/**
 * The contracts as they were at a Git ref or in a folder. `contracts`: the folder of today, as it was typed. `known` is
 * filled with what the contracts of today may share.
 */
export async function loadBaseline(spec: string, contracts: string, known: KnownContracts): Promise<ContractSet> {
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
