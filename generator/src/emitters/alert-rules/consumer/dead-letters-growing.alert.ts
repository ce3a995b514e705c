import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, increase, select, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, steady } from '../test-series.ts';
import { deadLetters, whatToDo, whereToLook } from './dead-letter.ts';

/** Where the contract names no rate: one dead letter calls nobody, a stream of them does. */
export const deadLettersGrowing: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  if (deadLetter === undefined || deadLetter.alertAbove !== undefined || deadLetter.severity === 'critical')
    return undefined;
  return {
    name: 'TenetDeadLettersGrowing',
    severity: deadLetter.severity,
    team: deadLetter.owner,
    expression: above(sumBy(perConsumer, increase(select(metrics.recordsDeadLettered, where), '10m')), 0),
    forMinutes: 30,
    summary: `${consumer.name} keeps giving up on events of ${contract.name}.`,
    description: sentence`${asCount} events went to ${deadLetter.topic} in the last 10 minutes, and it has not stopped for half an hour.`,
    runbook: {
      when: markdown`dead letters keep arriving for 30 minutes, with no pause of 10`,
      means: markdown`What fails is not one odd record: ${code(consumer.name)} cannot handle a kind of event, or something it needs is down for longer than its retries last.`,
      look: whereToLook(deadLetter),
      act: whatToDo(deadLetter),
    },
    tests: [
      {
        name: 'one a minute, without end',
        input: [deadLetters(labels, growing(0, 1, 90))],
        checks: [{ at: 30 }, { at: 31, fires: { shows: ['10'] } }],
      },
      {
        name: 'a burst that ends',
        input: [deadLetters(labels, `${growing(0, 5, 15)} ${steady(75, 90)}`)],
        checks: [{ at: 20 }, { at: 31 }, { at: 50 }],
      },
      { name: 'old ones lie there', input: [deadLetters(labels, steady(7, 90))], checks: [{ at: 50 }] },
    ],
  };
};
