import type { Consumer } from '../../model/contract.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const idempotencyKeyChanged: PromiseRule = {
  id: 'promise/idempotency-key-changed',
  severity: 'error',
  summary: 'A consumer goes on recognising duplicates by the same key.',
  why: 'The inbox remembers events by their key. Under another key nothing that it remembers matches: whatever is delivered again after the change takes effect a second time.',
  mirror: { rule: 'promise/idempotency-key-changed' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const was = words(before);
      const is = words(after);
      if (was === undefined || was === is) continue;
      yield {
        ...promiseOf(pair.after, after, ['idempotency', 'key']),
        against: stood(pair.before, ['consumers', before.name, 'idempotency', 'key'], `was ${was}`),
        message:
          is === undefined
            ? 'Duplicates are no longer recognised at all: there is no idempotency key any more.'
            : `Duplicates are now recognised by ${is} instead of ${was}: what was handled before the change is not known after it.`,
        consumers: affected(pair.before, [before]),
        hint: 'drain the group before the change, then let its team sign an exception; or make a new consumer beside the old',
      };
    }
  },
};

function words({ idempotency }: Consumer): string | undefined {
  return idempotency?.key.map((pointer) => `\`${pointer}\``).join(' + ');
}
