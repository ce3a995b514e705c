import type { Contract } from '../../model/contract.ts';
import { samePayload } from '../effect.ts';
import { affected } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const contractDeleted: PromiseRule = {
  id: 'promise/contract-deleted',
  severity: 'error',
  summary: 'A contract is deleted when nobody reads it any more.',
  why: 'With the file go its generated code, alerts and dead-letter ownership, while the services still run. Deprecate it, let the consumers move, then delete it.',
  mirror: { harmless: 'a contract that is added promises nothing that was there before' },
  *check() {},
  *checkDeleted(before, sets) {
    if (before.consumers.length === 0) return;
    const at = before.source.locate([]);
    const old = new Set(sets.before.contracts.map(idOf));
    const heir = sets.after.contracts.find(
      (contract) => !old.has(idOf(contract)) && samePayload(before, contract, false),
    );
    yield {
      at: { ...at, path: before.source.path },
      subject: '',
      message: `${before.name}@${before.major} is gone, and still has ${before.consumers.length === 1 ? 'a consumer' : `${before.consumers.length} consumers`}.`,
      consumers: affected(before),
      hint: heir
        ? `if it was renamed: ${heir.name}@${heir.major} is another topic, so both stand until everybody has moved; restore the file with \`status: deprecated\` and \`replacedBy: ${heir.name}@${heir.major}\``
        : 'restore the file with `status: deprecated`, `replacedBy` and `removeAfter`, and delete it when the consumers have moved',
    };
  },
};

function idOf({ name, major }: Contract): string {
  return `${name}@${major}`;
}
