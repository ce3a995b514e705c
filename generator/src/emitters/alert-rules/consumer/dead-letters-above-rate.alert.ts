import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, rate, select, sumBy, times } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, steady } from '../test-series.ts';
import { deadLetters, whatToDo, whereToLook } from './dead-letter.ts';

/** More dead letters than `alertAbove` allows. */
export const deadLettersAboveRate: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { deadLetter } = consumer;
  const allowed = deadLetter?.alertAbove;
  if (deadLetter === undefined || allowed === undefined || allowed.perSecond === 0) return undefined;
  const perMinute = Number((allowed.perSecond * 60).toPrecision(12));
  const tooMany = Math.ceil(perMinute * 1.2) + 1;
  /** So many a minute that the first one of ten is enough. */
  const flood = 10 * (Math.ceil(perMinute) + 1);
  return {
    name: 'TenetDeadLettersAboveRate',
    severity: deadLetter.severity,
    team: deadLetter.owner,
    expression: above(
      times(sumBy(perConsumer, rate(select(metrics.recordsDeadLettered, where), '10m')), 60),
      perMinute,
    ),
    forMinutes: 5,
    summary: `${consumer.name} gives up on more events of ${contract.name} than the contract allows.`,
    description: sentence`${asCount} events a minute went to ${deadLetter.topic} in the last 10 minutes; the contract calls ${deadLetter.owner} above ${allowed.text}.`,
    runbook: {
      when: markdown`more than ${code(allowed.text)} records are dead-lettered for 5 minutes, on the average of 10`,
      means: markdown`${code(consumer.name)} puts events aside faster than ${code(deadLetter.owner)} accepted when the contract was signed: a change of the producer, of the handler, or an outage that outlasts the retry budget.`,
      look: whereToLook(deadLetter),
      act: whatToDo(deadLetter),
    },
    tests: [
      {
        name: 'more than the contract allows',
        input: [deadLetters(labels, `${steady(0, 10)} ${growing(tooMany, tooMany, 60)}`)],
        checks: [{ at: 11 }, { at: 30, fires: { shows: [String(tooMany)] } }],
      },
      {
        name: 'a flood',
        input: [deadLetters(labels, growing(0, flood, 60))],
        checks: [{ at: 5 }, { at: 6, fires: { shows: [String((flood * 6) / 10)] } }],
      },
      {
        name: 'just under the limit',
        input: [deadLetters(labels, growing(0, perMinute * 0.95, 60))],
        checks: [{ at: 20 }],
      },
      { name: 'old ones lie there', input: [deadLetters(labels, steady(tooMany * 100, 60))], checks: [{ at: 20 }] },
    ],
  };
};
