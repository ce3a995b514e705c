import type { Contract } from '../../model/contract.ts';
import { contractId } from '../../model/naming.ts';
import { samePayload } from '../effect.ts';
import { affected } from '../places.ts';
import type { BothSets, PromiseRule } from '../rule.ts';

export const contractDeleted: PromiseRule = {
  id: 'promise/contract-deleted',
  severity: 'error',
  summary: 'A contract is deleted when nobody reads it any more.',
  why: 'With the file go its generated code, alerts and dead-letter ownership, while the services still run. Deprecate it, let the consumers move, then delete it. That the day in `removeAfter` has come does not move anybody: those that are still there move, or agree. A draft can be deleted at any time.',
  mirror: { harmless: 'a contract that is added promises nothing that was there before' },
  *check() {},
  *checkDeleted(before, sets) {
    if (before.consumers.length === 0 || before.status === 'draft') return;
    const at = before.source.locate([]);
    const { removeAfter, replacedBy } = before;
    const still = before.consumers.length === 1 ? 'a consumer' : `${before.consumers.length} consumers`;
    const until = removeAfter === undefined ? '' : `; it was to stay until ${removeAfter}`;
    yield {
      at: { ...at, path: before.source.path },
      subject: '',
      message: `${before.name}@${before.major} is gone, and still has ${still}${until}.`,
      consumers: affected(before),
      hint:
        renamed(before, sets) ??
        (before.status === 'deprecated'
          ? `restore the file until the consumers have moved${replacedBy === undefined ? '' : ` to ${replacedBy}`}; a team that needs no time any more signs an exception, or takes its consumer out first`
          : 'restore the file with `status: deprecated`, `replacedBy` and `removeAfter`, and delete it when the consumers have moved'),
    };
  },
};

function renamed(before: Contract, sets: BothSets): string | undefined {
  const olds = new Set(sets.before.contracts.map(contractId));
  const heir = sets.after.contracts.find(
    (contract) => !olds.has(contractId(contract)) && samePayload(before, contract, false),
  );
  return heir
    ? `if it was renamed: ${contractId(heir)} is another topic, so both stand until everybody has moved; restore the file with \`status: deprecated\` and \`replacedBy: ${contractId(heir)}\``
    : undefined;
}
