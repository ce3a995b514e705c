import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, maxBy, select } from '../promql.ts';
import { asDuration, durationShown, sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';
import { whereToLook } from './dead-letter.ts';

/** `after: wait` and the promise `deadLetter.investigateWithin`: a key has stood still for longer than that. */
export const keyHeld: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  if (deadLetter?.after !== 'wait') return undefined;
  const deadline = deadLetter.investigateWithin.ms / 1000;
  const oldest = (age: number, instance = 'a') =>
    series(metrics.oldestParked, { ...labels, instance }, steady(age, 10));
  return {
    name: 'TenetKeyHeld',
    severity: deadLetter.severity === 'critical' ? 'critical' : 'warning',
    team: deadLetter.owner,
    expression: above(maxBy(perConsumer, select(metrics.oldestParked, where)), deadline),
    forMinutes: 1,
    summary: `A key of ${contract.name} stands still in ${consumer.name} for longer than promised.`,
    description: sentence`The oldest record that is dead, or waits behind a dead one, is ${asDuration} old; ${deadLetter.owner} promised to investigate within ${deadLetter.investigateWithin.text}.`,
    runbook: {
      when: markdown`a record has stood in the line for ${code(deadLetter.investigateWithin.text)}`,
      means: markdown`Under ${code('after: wait')} a dead letter holds back every later event of its key. They wait in the database of the service, in ${code('tenet.line')}, for as long as it takes; nothing is lost, and nothing of that key is handled.`,
      look: [
        markdown`The rows of ${code(consumer.group)} in ${code('tenet.line')} whose state is ${code('dead')}: place, times died, and why.`,
        ...whereToLook(deadLetter),
      ],
      act: [
        markdown`Heal what failed, then replay: the record runs at its old place, before its successors.`,
        markdown`What can never be handled is discarded, with a name and a reason; its successors go on without it.`,
      ],
    },
    tests: [
      {
        name: 'older than its deadline',
        input: [oldest(deadline + 60), oldest(0, 'b')],
        checks: [{ at: 0 }, { at: 1, fires: { shows: [durationShown(deadline + 60)] } }],
      },
      {
        name: 'younger than its deadline, in several processes',
        input: [oldest(deadline), oldest(deadline, 'b')],
        checks: [{ at: 5 }],
      },
      { name: 'an empty line', input: [oldest(0)], checks: [{ at: 10 }] },
    ],
  };
};
