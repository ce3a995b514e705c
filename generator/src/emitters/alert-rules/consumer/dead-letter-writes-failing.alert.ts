import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, increase, select, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, stairs, steady } from '../test-series.ts';

/** The last resort fails: a record can be neither handled nor put aside, and its lane waits. */
export const deadLetterWritesFailing: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  if (deadLetter === undefined) return undefined;
  const failures = (values: string) => [series(metrics.deadLetterFailures, labels, values)];
  return {
    name: 'TenetDeadLetterWritesFailing',
    severity: standstill(contract),
    // The service's owner, not the dead letters': what is broken is the way there.
    team: consumer.owner,
    expression: above(sumBy(perConsumer, increase(select(metrics.deadLetterFailures, where), '10m')), 0),
    forMinutes: 5,
    summary: `${consumer.name} cannot put failed events of ${contract.name} aside.`,
    description: sentence`${asCount} attempts to write to ${deadLetter.topic} failed in the last 10 minutes. The keys of those events wait; nothing is lost.`,
    runbook: {
      when: markdown`for 5 minutes the broker did not acknowledge a dead letter within the last 10`,
      means: markdown`${code(deadLetter.topic)} is missing, does not take records of this size, lacks replicas, or ${code(consumer.name)} may not write to it. The offset does not move past such a record, so nothing is lost; its key stands still.`,
      look: [
        markdown`Does the topic exist as the desired state says? ${code(`kafka-topics.sh --describe --topic ${deadLetter.topic}`)}`,
        markdown`The error in the service's log: unknown topic, too large, not authorised, not enough replicas.`,
      ],
      act: [markdown`Create or correct the topic; the consumer tries again by itself.`],
    },
    tests: [
      {
        name: 'it keeps failing',
        input: failures(growing(0, 2, 60)),
        checks: [{ at: 5 }, { at: 6, fires: { shows: ['12'] } }, { at: 30, fires: { shows: ['20'] } }],
      },
      { name: 'now and then', input: failures(stairs(1, 8)), checks: [{ at: 28, fires: { shows: ['1'] } }] },
      { name: 'it failed long ago', input: failures(steady(4, 60)), checks: [{ at: 20 }] },
      { name: 'it heals', input: failures(`${growing(0, 2, 4)} ${steady(8, 60)}`), checks: [{ at: 4 }, { at: 30 }] },
    ],
  };
};
