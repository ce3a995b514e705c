import type { Contract } from '../../model/contract.ts';
import { payloadShape } from '../payload-shape.ts';
import { affectedByTopic, field, stood } from '../places.ts';
import { keyPath } from '../pointers.ts';
import { listed } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';
import { admits, askSchema } from '../schema-pointer.ts';

const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
const names: Record<(typeof kinds)[number], string> = {
  null: 'null',
  boolean: 'booleans',
  number: 'numbers',
  string: 'strings',
  array: 'arrays',
  object: 'objects',
};

export const partitionKeyTypeChanged: PromiseRule = {
  id: 'promise/partition-key-type-changed',
  severity: 'error',
  summary: 'A field of the partition key keeps its type.',
  why: 'The bytes of a key follow from its type: several fields and the bucket are written as JSON, where 7 and "7" differ, and so do their partitions. An id that becomes another kind of id is another key, and its events overtake those that wait under the old one.',
  mirror: { rule: 'promise/partition-key-type-changed' },
  *check({ before, after }, sets) {
    for (const [index, pointer] of (after.partitionKey?.fields ?? []).entries()) {
      if (before.partitionKey?.fields[index] !== pointer) continue;
      const was = typesAt(before, pointer);
      const is = typesAt(after, pointer);
      if (was === undefined || is === undefined || was === is) continue;
      yield {
        ...field(after, keyPath(after, index)),
        against: stood(before, keyPath(before, index), `was ${was}`),
        message: `The key field \`${pointer}\` now takes ${is} instead of ${was}: what was one key may be written as other bytes, and then goes to another partition.`,
        consumers: affectedByTopic(sets, before, (contract) => typesAt(contract, pointer)),
        hint: 'keep the field as it is and add another one beside it, or make a new major with a topic of its own',
      };
    }
  },
};

function typesAt(contract: Contract, pointer: string): string | undefined {
  const answer = askSchema(payloadShape(contract), pointer);
  return answer.declared
    ? listed(kinds.filter((kind) => admits(answer.node, kind)).map((kind) => names[kind]))
    : undefined;
}
