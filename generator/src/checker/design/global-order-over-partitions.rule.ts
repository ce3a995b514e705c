import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const globalOrderOverPartitions: DesignRule = {
  id: 'design/global-order-over-partitions',
  severity: 'error',
  summary: 'Global order has one partition.',
  why: 'Partitions are read independently: with two of them there is no first event. Total order means one partition, one reader and the ceiling of both. Most systems want order per key.',
  *check(contract) {
    if (contract.ordering !== 'global') return;
    // An overlay only takes partitions away.
    const { partitions } = contract.topic;
    if (partitions <= 1) return;
    yield {
      ...field(contract, ['topic', 'partitions']),
      message: `Global order over ${partitions} partitions: events in different partitions have no order.`,
      whoPays: 'every consumer: the promise cannot be kept',
      consumers: affected(contract),
      hint: 'set `partitions: 1` and accept its ceiling, or say `ordering: per-key`',
    };
  },
};
