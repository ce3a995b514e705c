import { metrics } from '@tenet/runtime/metric-names';
import type { ConsumerSubject } from '../alert.ts';
import { ago, clampMin, maxBy, select, type Vector, type Window } from '../promql.ts';

/**
 * Records behind, one series per partition. Two members report a partition while it moves from one to the other, and a
 * gauge read between two answers of the broker can be negative.
 */
export function lagPerPartition(
  where: ConsumerSubject['where'],
  offset?: Window,
): Vector<'contract' | 'consumer' | 'topic' | 'partition'> {
  const lag = select(metrics.lagRecords, where);
  return maxBy(
    ['contract', 'consumer', 'topic', 'partition'],
    clampMin(offset === undefined ? lag : ago(lag, offset), 0),
  );
}
