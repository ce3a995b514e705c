import { payloadShape } from '../payload-shape.ts';
import { affected } from '../places.ts';
import { pointersOf } from '../pointers.ts';
import type { DesignRule } from '../rule.ts';
import { askSchema } from '../schema-pointer.ts';

export const pointerMayBeAbsent: DesignRule = {
  id: 'design/pointer-may-be-absent',
  severity: 'error',
  summary: 'A field that the contract keys, orders or identifies by is in every valid event.',
  why: 'An event without its key has no partition, one without its idempotency key cannot be recognised. What the schema leaves optional or nullable will be missing one day: list it in `required`, give it a type, leave `null` out.',
  *check(contract) {
    const root = payloadShape(contract);
    const filled = contract.producers.every(({ generated }) => generated);
    for (const { pointer, role, at, subject, consumers, needed } of pointersOf(contract)) {
      const answer = askSchema(root, pointer, filled);
      if (!needed || !answer.declared || (answer.absent === undefined && !answer.nullable)) continue;
      yield {
        at,
        subject,
        message:
          answer.absent === undefined
            ? `\`${pointer}\` (${role}) may be null in a valid event.`
            : `\`${pointer}\` (${role}) may be missing in a valid event: ${answer.absent}.`,
        whoPays: 'the producer, whose valid event cannot be sent, and consumers that wait for it',
        consumers: affected(contract, consumers),
        hint: answer.absent === undefined ? 'give it a `type` without `null`' : 'add it to `required`, on every level',
      };
    }
  },
};
