import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, increase, select, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, steady } from '../test-series.ts';

/** A commit fails now and then when partitions move; this many in 10 minutes is something else. */
const usual = 3;

export const commitsFailing: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const failures = (values: string) => [series(metrics.commitFailures, labels, values)];
  const repeated =
    consumer.delivery === 'effectively-once'
      ? markdown`After a crash, what was handled since the last commit comes again; the inbox recognises it, so no effect happens twice.`
      : markdown`After a crash, what was handled since the last commit is handled again.`;
  return {
    name: 'TenetCommitsFailing',
    severity: standstill(contract),
    team: consumer.owner,
    expression: above(sumBy(perConsumer, increase(select(metrics.commitFailures, where), '10m')), usual),
    forMinutes: 5,
    summary: `${consumer.name} cannot record how far it has read ${contract.name}.`,
    description: sentence`${asCount} commits of the group ${consumer.group} failed in the last 10 minutes. Events are handled, but that is not remembered.`,
    runbook: {
      when: markdown`for 5 minutes more than ${usual} commits of the last 10 minutes failed, or their answer is unknown`,
      means: markdown`The broker does not take the position of ${code(consumer.group)}: its coordinator is away, the member was thrown out of the group, or it may not commit. ${repeated}`,
      look: [
        markdown`The error in the service's log. A member that is thrown out took longer than the group allows.`,
        markdown`${code(metrics.rebalances.name)}: do partitions move all the time? Then see that alert first.`,
        markdown`The brokers: is the partition of ${code('__consumer_offsets')} that holds this group without enough replicas?`,
      ],
      act: [
        markdown`Do not restart the consumer before commits work again: each start repeats what was not committed.`,
        markdown`Heal the broker, or give the group its permission back.`,
      ],
    },
    tests: [
      {
        name: 'one a minute',
        input: failures(growing(0, 1, 60)),
        checks: [{ at: 8 }, { at: 9, fires: { shows: ['9'] } }],
      },
      { name: 'few', input: failures(growing(0, 0.28, 60)), checks: [{ at: 20 }] },
      {
        name: 'a burst while partitions move',
        input: failures(`${steady(0, 5)} ${steady(2, 60)}`),
        checks: [{ at: 11 }, { at: 20 }],
      },
    ],
  };
};
