import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, minus, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, steady } from '../test-series.ts';
import { lagPerPartition } from './lag-per-partition.ts';

/** Growth below this says nothing, however little traffic there is. */
const leastGrowth = 100;

/**
 * The lag grows and does not stop. Also for consumers that promise no lag: it always ends badly. The time it must hold
 * is longer than the window it looks back, so that one jump that stays flat is not growth.
 */
export const lagGrowing: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const minuteOfTraffic = Math.ceil(contract.traffic.average.perSecond * 60);
  const growth = Math.max(leastGrowth, minuteOfTraffic);
  const behind = (values: string, instance = 'a') =>
    series(metrics.lagRecords, { ...labels, partition: '0', instance }, values);
  const step = Math.ceil(growth * 0.15);
  return {
    name: 'TenetLagGrowing',
    severity: 'warning',
    team: consumer.owner,
    expression: above(
      minus(sumBy(perConsumer, lagPerPartition(where)), sumBy(perConsumer, lagPerPartition(where, '10m'))),
      growth,
    ),
    forMinutes: 15,
    summary: `${consumer.name} falls further and further behind ${contract.name}.`,
    description: sentence`${consumer.name} fell behind by another ${asCount} events in the last 10 minutes, and has been falling behind for 15.`,
    runbook: {
      when: markdown`the lag grew by more than ${growth} events (a minute of average traffic, at least ${leastGrowth}) in 10 minutes, and keeps doing so for 15`,
      means: markdown`What ${code(consumer.name)} handles is less than what arrives, and it will not catch up by itself. The topic keeps events for ${code(contract.topic.retention === 'forever' ? 'ever' : contract.topic.retention.text)}: what is older than that is lost to this consumer.`,
      look: [
        markdown`${code(metrics.recordsHandled.name)} as a rate, today and yesterday at this time: did it fall, or did traffic rise?`,
        markdown`${code(metrics.consumerUp.name)}: are all members there?`,
        markdown`${code(metrics.waiting.name)}: do records wait for their key? Then one key is hot, or one record is retried.`,
      ],
      act: [
        markdown`Find what limits it (handler, database, number of members) and widen that one thing.`,
        markdown`Compute when the oldest event reaches the end of its retention. If that is near, ask ${code(contract.owner)} to lengthen the retention of the topic now: that costs disk, not events.`,
      ],
    },
    tests: [
      {
        name: 'grows without end, two members reporting',
        input: [behind(growing(0, step, 60)), behind(growing(0, step, 60), 'b')],
        // The first comparison is possible after 10 minutes, and must hold for 15.
        checks: [{ at: 24 }, { at: 25, fires: { shows: [String(step * 10)] } }],
      },
      {
        name: 'grows just slowly enough',
        input: [behind(growing(0, growth / 10, 60)), behind(growing(0, growth / 10, 60), 'b')],
        checks: [{ at: 30 }],
      },
      {
        name: 'one jump that stays flat',
        input: [behind(`${steady(0, 14)} ${steady(growth * 3, 45)}`)],
        checks: [{ at: 15 }, { at: 20 }, { at: 25 }, { at: 30 }],
      },
      { name: 'large and shrinking', input: [behind(growing(growth * 100, -growth, 60))], checks: [{ at: 30 }] },
    ],
  };
};
