import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, increase, maxBy, select } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, steady } from '../test-series.ts';

/** Assignments of one member in 15 minutes that a deployment explains. */
const usual = 5;

export const rebalanceStorm: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const member = (values: string, instance = 'a') => series(metrics.rebalances, { ...labels, instance }, values);
  return {
    name: 'TenetRebalanceStorm',
    severity: 'warning',
    team: consumer.owner,
    expression: above(maxBy(perConsumer, increase(select(metrics.rebalances, where), '15m')), usual),
    forMinutes: 15,
    summary: `The partitions of ${consumer.name} do not come to rest.`,
    description: sentence`A member of ${consumer.group} was given its partitions of ${contract.name} ${asCount} times in 15 minutes. Each time all work stops, drains and starts again.`,
    runbook: {
      when: markdown`for 15 minutes one member received partitions more than ${usual} times in the last 15`,
      means: markdown`Members of ${code(consumer.group)} come and go, or are thrown out because they do not answer in time. While partitions move nothing is handled.`,
      look: [
        markdown`${code(metrics.startTime.name)}: do members restart? Then see that alert.`,
        markdown`The log of the members: left by themselves, or thrown out? A blocked event loop sends no heartbeats.`,
        markdown`Is an autoscaler adding and removing members in turn?`,
      ],
      act: [
        markdown`Stop what makes members come and go: scale by hand for now, roll back, widen the limits of memory.`,
        markdown`If handlers block the event loop, move that work to another thread.`,
      ],
    },
    tests: [
      {
        name: 'one a minute',
        input: [member(growing(0, 1, 90))],
        checks: [{ at: 20 }, { at: 21, fires: { shows: ['15'] } }],
      },
      {
        name: 'a deployment of many members',
        input: [
          member(`${growing(0, 1, 10)} ${steady(10, 80)}`),
          member(`${growing(0, 1, 10)} ${steady(10, 80)}`, 'b'),
        ],
        checks: [{ at: 15 }, { at: 20 }, { at: 30 }],
      },
      {
        name: 'few at each of two members',
        input: [member(growing(0, 0.3, 90)), member(growing(0, 0.3, 90), 'b')],
        checks: [{ at: 40 }],
      },
    ],
  };
};
