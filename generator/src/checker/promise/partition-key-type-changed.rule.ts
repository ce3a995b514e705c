import type { Contract } from '../../model/contract.ts';
import { payloadShape } from '../payload-shape.ts';
import { affected, field, stood } from '../places.ts';
import { keyPath } from '../pointers.ts';
import { listed } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';
import { admits, askSchema } from '../schema-pointer.ts';

const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;

export const partitionKeyTypeChanged: PromiseRule = {
  id: 'promise/partition-key-type-changed',
  severity: 'error',
  summary: 'A field of the partition key keeps its type.',
  why: 'The bytes of a key follow from its type: several fields and the bucket are written as JSON, where 7 and "7" differ, and so do their partitions. A key that changes type loses its place.',
  mirror: { rule: 'promise/partition-key-type-changed' },
  *check({ before, after }) {
    for (const [index, pointer] of (after.partitionKey?.fields ?? []).entries()) {
      if (before.partitionKey?.fields[index] !== pointer) continue;
      const was = typesAt(before, pointer);
      const is = typesAt(after, pointer);
      if (was === undefined || is === undefined || was === is) continue;
      yield {
        ...field(after, keyPath(after, index)),
        against: stood(before, keyPath(before, index), `was ${was}`),
        message: `The key field \`${pointer}\` is now ${is} instead of ${was}: the same key gets other bytes and another partition.`,
        consumers: affected(before),
        hint: 'keep the field as it is and add another one beside it, or make a new major with a topic of its own',
      };
    }
  },
};

function typesAt(contract: Contract, pointer: string): string | undefined {
  const answer = askSchema(payloadShape(contract), pointer);
  return answer.declared ? listed(kinds.filter((kind) => admits(answer.node, kind))) : undefined;
}
