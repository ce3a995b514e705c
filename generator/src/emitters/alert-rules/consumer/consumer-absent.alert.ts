import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, absent, maxOverTime, or, select, sumBy, unless } from '../promql.ts';
import { sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';

/**
 * Nobody reads. A dead consumer exports nothing, so every other alert of it falls silent: this one fires on absence.
 * What was there within a day and is gone is found per topic (several environments may share one Prometheus); what
 * never was is found by `absent`.
 */
export const consumerAbsent: ConsumerAlert = ({ contract, consumer, where, labels, neighbours }) => {
  // Nobody is expected to read a draft.
  if (contract.status === 'draft') return undefined;
  const up = select(metrics.consumerUp, where);
  const member = (values: string, instance = 'a') => series(metrics.consumerUp, { ...labels, instance }, values);
  const others = neighbours.map((other) => series(metrics.consumerUp, other, steady(1, 60)));
  // `absent` can only name the labels that its matchers pin to one value.
  const pinned = where.topic.length === 1 ? labels : { contract: labels.contract, consumer: labels.consumer };
  return {
    name: 'TenetConsumerAbsent',
    severity: standstill(contract),
    team: consumer.owner,
    expression: or(unless(sumBy(perConsumer, maxOverTime(up, '1d')), above(sumBy(perConsumer, up), 0)), absent(up), [
      'contract',
      'consumer',
    ]),
    forMinutes: 3,
    onAbsence: true,
    summary: `Nobody reads ${contract.name} as ${consumer.name}.`,
    description: sentence`No member of the group ${consumer.group} is joined and fetching. Events are not lost while the topic keeps them, and nothing else of this consumer will alert.`,
    runbook: {
      when: markdown`no member of the group ${code(consumer.group)} has been up for 3 minutes`,
      means: markdown`The service is stopped, cannot reach the broker, or is no longer scraped by Prometheus. The other alerts of ${code(consumer.name)} are silent meanwhile: they have no numbers.`,
      look: [
        markdown`Does the service run? Its start report says what it refused: a contract that it cannot keep stops it at once.`,
        markdown`Does it run and is not joined (${code(metrics.consumerUp.name)} is 0)? Then the broker, its address or its permissions.`,
        markdown`Does it run and is it joined? Then Prometheus does not reach it; ask ${code('kafka-consumer-groups.sh --describe')} for the group.`,
      ],
      act: [
        markdown`Start it, or roll back the release that stopped it. It goes on where it committed.`,
        markdown`If it was retired on purpose, remove it from the contract: then this alert goes too.`,
      ],
    },
    tests: [
      {
        name: 'the last member disappears',
        input: [member(`${steady(1, 10)} stale`), ...others],
        checks: [{ at: 10 }, { at: 13 }, { at: 14, fires: { shows: [] } }],
      },
      {
        name: 'members run but none is joined',
        input: [member(steady(0, 60)), member(steady(0, 60), 'b'), ...others],
        checks: [{ at: 2 }, { at: 3, fires: { shows: [] } }],
      },
      {
        name: 'it was never there',
        input: others,
        checks: [{ at: 2 }, { at: 3, fires: { shows: [], labels: pinned } }],
      },
      {
        name: 'one member left of two',
        input: [member(`${steady(1, 10)} stale`), member(steady(1, 60), 'b')],
        checks: [{ at: 30 }],
      },
    ],
  };
};
