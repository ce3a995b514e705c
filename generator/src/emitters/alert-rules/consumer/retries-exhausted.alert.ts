import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, and, dividedBy, increase, select, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, stairs, steady } from '../test-series.ts';

/** One failing record among few is not an outage. */
const fewest = 2;
const share = 0.01;

/** Records run out of their retry budget in numbers: not an odd record, but something that the handler needs. */
export const retriesExhausted: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const { retry } = consumer;
  if (retry === undefined) return undefined;
  const exhausted = sumBy(perConsumer, increase(select(metrics.retriesExhausted, where), '10m'));
  const received = sumBy(perConsumer, increase(select(metrics.recordsReceived, where), '10m'));
  const flow = (failed: string, all: string) => [
    series(metrics.retriesExhausted, labels, failed),
    series(metrics.recordsReceived, labels, all),
  ];
  return {
    name: 'TenetRetriesExhausted',
    severity: 'warning',
    team: consumer.owner,
    expression: and(above(exhausted, fewest), above(dividedBy(exhausted, received), share)),
    forMinutes: 5,
    summary: `Retries of ${consumer.name} on ${contract.name} do not help any more.`,
    description: sentence`${asCount} events used up ${retry.attempts} attempts or ${retry.within.text} in the last 10 minutes: more than ${share * 100} % of all.`,
    runbook: {
      when: markdown`for 5 minutes more than ${share * 100} % of the records of the last 10 minutes, and more than ${fewest} of them, ran out of ${retry.attempts} attempts or ${code(retry.within.text)}`,
      means: markdown`Something that the handler of ${code(consumer.name)} calls has been failing for longer than the budget allows. Those records go to the dead letter, one after the other.`,
      look: [
        markdown`The errors in the service's log and in the headers of the dead letters: one error for all names the culprit.`,
        markdown`${code(metrics.handlerSeconds.name)}: time-outs show as handlers of ${code(consumer.timeout.text)}.`,
      ],
      act: [
        markdown`Heal the dependency. If that takes long, stop the consumer: events wait in the topic without harm, whereas dead letters have to be brought back by hand.`,
        markdown`An outage of this length happens often? Then the budget in the contract is too small.`,
      ],
    },
    tests: [
      {
        name: 'one in ten',
        input: flow(growing(0, 1, 60), growing(0, 10, 60)),
        checks: [{ at: 7 }, { at: 8, fires: { shows: ['8'] } }, { at: 30, fires: { shows: ['10'] } }],
      },
      {
        name: 'one in ten, in bursts',
        input: flow(stairs(2, 5), growing(0, 10, 60)),
        checks: [{ at: 23, fires: { shows: ['4'] } }],
      },
      { name: 'a small share of many', input: flow(growing(0, 1, 60), growing(0, 125, 60)), checks: [{ at: 20 }] },
      {
        name: 'a large share of few',
        input: flow(`${steady(0, 9)} ${steady(2, 60)}`, growing(0, 0.5, 60)),
        checks: [{ at: 12 }, { at: 16 }, { at: 18 }],
      },
    ],
  };
};
