import type { Baseline, FoundBaseline } from '../baseline/baseline.ts';
import { findBaseline, pullRequestBaseline } from '../baseline/baseline-tree.ts';
import { pullRequestOf } from '../baseline/pull-request.ts';
import type { KnownContracts } from '../loader/known-contracts.ts';
import { loadContracts } from '../loader/load-contracts.ts';
import type { ContractSet } from '../model/contract-set.ts';
import { CannotDo } from './usage-error.ts';

/** What a change is compared with, loaded. */
export interface LoadedBaseline extends Baseline {
  readonly set: ContractSet;
  /** As it was named: by `--against`, or by the CI system. */
  readonly name: string;
}

/**
 * `against`: as typed; absent: what the CI system says of a pull request; false: nothing, whatever it says. `known` is
 * filled with what the contracts of today may share.
 */
export async function loadBaseline(
  against: string | false | undefined,
  contractsDir: string,
  environment: NodeJS.ProcessEnv,
  known: KnownContracts,
): Promise<LoadedBaseline | undefined> {
  if (against === false) return undefined;
  const pullRequest = against === undefined ? pullRequestOf(environment) : undefined;
  if (pullRequest) {
    const found = pullRequestBaseline(pullRequest, contractsDir);
    const alone = '`--no-against` judges the contracts alone';
    return load(found, known, pullRequest.branch, `${pullRequest.variable} says that this is a pull request; ${alone}`);
  }
  return against === undefined ? undefined : load(await findBaseline(against, contractsDir), known, against);
}

async function load(
  [baseline, problems]: FoundBaseline,
  known: KnownContracts,
  name: string,
  why?: string,
): Promise<LoadedBaseline> {
  if (!baseline) {
    const [problem] = problems;
    throw new CannotDo(
      problem?.message ?? `there is nothing to compare with at \`${name}\`.`,
      [problem?.hint, why].filter((line) => line !== undefined).join('\n  '),
    );
  }
  const [set, findings] = await loadContracts(baseline.tree, { baseline: true, known });
  if (set) return { ...baseline, set, name };
  const first = findings.find(({ severity }) => severity === 'error');
  throw new CannotDo(
    `the contracts of \`${name}\` cannot be read, so nothing can be compared with them.${first ? `\n  ${first.at.path}:${first.at.line}:${first.at.column} ${first.rule}: ${first.message}` : ''}`,
    'compare with the last commit whose contracts load; `tenet check` without `--against` tells whether these do',
  );
}
