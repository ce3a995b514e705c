import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, ago, increase, or, select, sumBy, unless } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, missing, steady } from '../test-series.ts';
import { deadLetters, whatToDo, whereToLook } from './dead-letter.ts';

/**
 * Any arrival calls: `severity: critical`, or `alertAbove` of zero. On arrival and not on what lies there, so that it
 * falls silent by itself. A series that begins with its first dead letter has no growth that `increase` could see:
 * that it is new is the arrival.
 */
export const deadLetterArrived: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  if (deadLetter === undefined) return undefined;
  const any =
    deadLetter.alertAbove === undefined ? deadLetter.severity === 'critical' : deadLetter.alertAbove.perSecond === 0;
  if (!any) return undefined;
  const counter = select(metrics.recordsDeadLettered, where);
  return {
    name: 'TenetDeadLetterArrived',
    severity: deadLetter.severity,
    team: deadLetter.owner,
    expression: or(
      above(sumBy(perConsumer, increase(counter, '10m')), 0),
      above(sumBy(perConsumer, unless(counter, ago(counter, '10m'))), 0),
    ),
    forMinutes: 0,
    summary: `${consumer.name} gave up on an event of ${contract.name}.`,
    description: sentence`${asCount} events went to ${deadLetter.topic} in the last 10 minutes. Each must be investigated within ${deadLetter.investigateWithin.text}.`,
    runbook: {
      when: markdown`a single record is dead-lettered; it falls silent 10 minutes after the last one`,
      means: markdown`${code(consumer.name)} could not handle an event and has put it aside. It has not been handled, and will not be until somebody acts.`,
      look: whereToLook(deadLetter),
      act: whatToDo(deadLetter),
    },
    tests: [
      {
        name: 'one arrives',
        input: [deadLetters(labels, `${steady(0, 5)} ${steady(1, 40)}`)],
        checks: [{ at: 5 }, { at: 6, fires: { shows: ['1'] } }, { at: 14, fires: { shows: ['1'] } }, { at: 30 }],
      },
      {
        name: 'the first one of a new series',
        input: [deadLetters(labels, `${missing(5)} ${steady(1, 40)}`)],
        checks: [{ at: 4 }, { at: 5, fires: { shows: ['1'] } }, { at: 30 }],
      },
      {
        name: 'several a minute',
        input: [deadLetters(labels, growing(0, 3, 40))],
        checks: [{ at: 20, fires: { shows: ['30'] } }],
      },
      { name: 'old ones lie there', input: [deadLetters(labels, steady(7, 60))], checks: [{ at: 11 }, { at: 20 }] },
    ],
  };
};
