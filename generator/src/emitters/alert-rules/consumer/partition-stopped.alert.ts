import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, select, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';

/** A partition stands still until somebody decides: `onOffsetLost: fail` did its work. */
export const partitionStopped: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const stopped = (value: number, instance = 'a') =>
    series(metrics.stoppedPartitions, { ...labels, instance }, steady(value, 30));
  return {
    name: 'TenetPartitionStopped',
    severity: standstill(contract),
    team: consumer.owner,
    expression: above(sumBy(perConsumer, select(metrics.stoppedPartitions, where)), 0),
    forMinutes: 1,
    summary: `${consumer.name} has stopped on a partition of ${contract.name} and waits for a decision.`,
    description: sentence`Members of ${consumer.group} have stopped on ${asCount} partitions: the committed offset was lost, or somebody else wrote it.`,
    runbook: {
      when: markdown`a member holds a partition that it will not read`,
      means: markdown`The committed offset points at events that retention has already taken, or it was not written by this consumer. Guessing would skip or repeat events, so ${code(consumer.name)} stands still there.`,
      look: [
        markdown`${code(`kafka-consumer-groups.sh --describe --group ${consumer.group}`)}: committed offset against the start and the end of the log.`,
        markdown`Did somebody reset offsets by hand, or was the topic created anew?`,
      ],
      act: [
        markdown`Decide where it goes on and set the offset while the group is stopped; then start it.`,
        markdown`If retention took events, they are lost to this consumer: find out how many, and tell ${code(contract.owner)}.`,
      ],
    },
    tests: [
      { name: 'one partition', input: [stopped(1)], checks: [{ at: 0 }, { at: 1, fires: { shows: ['1'] } }] },
      { name: 'one each', input: [stopped(1), stopped(1, 'b')], checks: [{ at: 1, fires: { shows: ['2'] } }] },
      { name: 'none', input: [stopped(0)], checks: [{ at: 20 }] },
    ],
  };
};
