import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, maxBy, not, select, since } from '../promql.ts';
import { asDuration, durationShown, sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';
import { whatToDo, whereToLook } from './dead-letter.ts';

/** The promise `deadLetter.investigateWithin`: the oldest dead letter is past its deadline. */
export const deadLetterOverdue: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  if (deadLetter === undefined) return undefined;
  const deadline = deadLetter.investigateWithin.ms / 1000;
  // The clock of a test starts at the Unix epoch: what arrived so many seconds before it has a negative time.
  const oldest = (time: number, instance = 'a') =>
    series(metrics.oldestDeadLetter, { ...labels, instance }, steady(time, 10));
  return {
    name: 'TenetDeadLetterOverdue',
    severity: deadLetter.severity === 'critical' ? 'critical' : 'warning',
    team: deadLetter.owner,
    expression: above(maxBy(perConsumer, since(not(select(metrics.oldestDeadLetter, where), 0))), deadline),
    forMinutes: 1,
    summary: `A dead letter of ${consumer.name} on ${contract.name} is past its deadline.`,
    description: sentence`The oldest record in ${deadLetter.topic} has waited for ${asDuration}; ${deadLetter.owner} promised to investigate within ${deadLetter.investigateWithin.text}.`,
    runbook: {
      when: markdown`the dead-letter topic has not been empty for ${code(deadLetter.investigateWithin.text)}`,
      means: markdown`Nobody acted in time. Records are kept for ${code(deadLetter.retention === 'forever' ? 'ever' : deadLetter.retention.text)}; after that the evidence is gone. The clock runs from the first dead letter that a running member has written, until the topic is empty; a restart forgets it, but the header ${code('tenet-dlq-investigate-by')} of each record does not.`,
      look: whereToLook(deadLetter),
      act: [
        ...whatToDo(deadLetter),
        markdown`Once all are settled, empty the topic with ${code('kafka-delete-records.sh')}: only then does the alert end.`,
      ],
    },
    tests: [
      {
        name: 'past its deadline',
        input: [oldest(-deadline)],
        // Exactly at its deadline when the test begins, and past it a minute later.
        checks: [{ at: 0 }, { at: 1 }, { at: 2, fires: { shows: [durationShown(deadline + 120)] } }],
      },
      {
        name: 'younger than its deadline',
        input: [oldest(300 - deadline), oldest(300 - deadline, 'b')],
        checks: [{ at: 4 }],
      },
      { name: 'no dead letter', input: [oldest(0)], checks: [{ at: 10 }] },
    ],
  };
};
