import { payloadShape } from '../payload-shape.ts';
import { affected, field } from '../places.ts';
import { perSecond, printNumber } from '../quantities.ts';
import type { DesignRule } from '../rule.ts';
import { askSchema, finiteValues } from '../schema-pointer.ts';

export const hotKeyRisk: DesignRule = {
  id: 'design/hot-key-risk',
  severity: 'warning',
  summary: 'A key has many more values than the topic has partitions.',
  why: 'All events of one key go through one partition and one handler at a time. A key with a handful of values (a country, a status, a boolean) leaves partitions empty and makes one of them carry the traffic. Add a field, or `buckets`.',
  *check(contract) {
    const key = contract.partitionKey;
    if (!key || contract.ordering === 'none') return;
    const root = payloadShape(contract);
    const counts = key.fields.map((pointer) => {
      const answer = askSchema(root, pointer);
      return answer.declared ? finiteValues(answer.node) : undefined;
    });
    const values = counts.reduce<number>(
      (product, amount) => product * (amount ?? Number.POSITIVE_INFINITY),
      key.buckets ?? 1,
    );
    const { partitions } = contract.topic;
    if (partitions === 1 || values >= partitions) return;
    const share = { perSecond: contract.traffic.peak.perSecond / values };
    yield {
      ...field(contract, ['partitionKey']),
      message: `The key has ${printNumber(values)} values for ${partitions} partitions: at least ${partitions - values} stay empty, and one key carries ${printNumber(share.perSecond)} events/s (${perSecond(share, contract.traffic.payload)}) at the peak.`,
      whoPays: 'every consumer: no number of instances helps a hot partition',
      consumers: affected(contract),
      hint: 'add a field with many values to the key, or `buckets`, if order per bucket is enough',
    };
  },
};
