import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const perKeyWithoutKey: DesignRule = {
  id: 'design/per-key-without-key',
  severity: 'error',
  summary: 'Order per key has a key.',
  why: 'Kafka keeps order inside a partition, and the key chooses the partition. Without one, two events of the same order land in different partitions and overtake each other.',
  *check(contract) {
    if (contract.ordering !== 'per-key' || (contract.partitionKey?.fields.length ?? 0) > 0) return;
    yield {
      ...field(contract, ['partitionKey']),
      message: 'Order per key without a partition key: nothing keeps related events in one partition.',
      whoPays: 'every consumer that relies on order, at the first rebalance',
      consumers: affected(contract),
      hint: 'name the field whose events must stay in order, `partitionKey: /orderId`, or say `ordering: none`',
    };
  },
};
