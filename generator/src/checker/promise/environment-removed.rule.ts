import type { ContractSet } from '../../model/contract-set.ts';
import type { WorkspaceRule } from '../rule.ts';

export const environmentRemoved: WorkspaceRule = {
  id: 'promise/environment-removed',
  severity: 'warning',
  summary: 'An environment goes when nothing runs in it any more.',
  why: 'A service says in which environment it runs, and is refused at its next start when there is none of that name. What is still in the topics of that environment is handled by nobody. A warning, since no team alone could sign for all services in it.',
  mirror: { harmless: 'nothing runs yet in an environment that is added' },
  *check({ before, after }) {
    // Every contract has all environments: without any contract nothing ran.
    const left = new Set(environmentsOf(after));
    const added = environmentsOf(after).filter((name) => !environmentsOf(before).includes(name));
    for (const name of environmentsOf(before)) {
      if (left.has(name) || after.contracts.length === 0) continue;
      const path = ['environments', name];
      yield {
        at: after.locate(path),
        subject: `/environments/${name}`,
        against: { ...before.locate(path), was: 'was an environment' },
        message: `There is no environment \`${name}\` any more: services that run in it are refused at their next start.`,
        hint:
          added.length === 0
            ? 'stop what runs there first'
            : `if it was renamed to \`${added.join('` or `')}\`: let both stand until every service is deployed with the new name`,
      };
    }
  },
};

function environmentsOf({ contracts }: ContractSet): readonly string[] {
  return contracts[0]?.environments.map(({ name }) => name) ?? [];
}
