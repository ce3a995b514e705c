import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, sumBy } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';
import { lagPerPartition } from './lag-per-partition.ts';

/** The promise `lag.maxMessages`. */
export const lagTooLong: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const promised = consumer.lag?.maxMessages;
  if (promised === undefined) return undefined;
  const behind = (partition: string, value: number, instance = 'a') =>
    series(metrics.lagRecords, { ...labels, partition, instance }, steady(value, 10));
  return {
    name: 'TenetLagTooLong',
    severity: 'warning',
    team: consumer.owner,
    expression: above(sumBy(perConsumer, lagPerPartition(where)), promised),
    forMinutes: 2,
    summary: `${consumer.name} has more events of ${contract.name} before it than it promises.`,
    description: sentence`${consumer.name} is ${asCount} events behind the end of the topic; the contract promises at most ${promised}.`,
    runbook: {
      when: markdown`more than ${promised} events wait, all partitions together, for 2 minutes`,
      means: markdown`Events arrive faster than ${code(consumer.name)} handles them. How long it takes to catch up is the number of events divided by what it handles above the rate of arrival.`,
      look: [
        markdown`${code(metrics.recordsReceived.name)} against ${code(metrics.recordsSent.name)}: a burst of the producers, or a slower consumer?`,
        markdown`${code(metrics.lagRecords.name)} by ${code('partition')}: evenly, or one hot key?`,
        markdown`${code(metrics.handlerSeconds.name)} and ${code(metrics.retries.name)}: is the handler slow or failing?`,
      ],
      act: [
        markdown`A burst: let it drain, and compare with the peak that the contract declares (${code(contract.traffic.peak.text)}).`,
        markdown`A slow handler: heal what it waits for before you add members.`,
        markdown`Lasting growth: the contract's traffic or concurrency is out of date. Change it in a pull request.`,
      ],
    },
    tests: [
      {
        name: 'more than promised, over two partitions',
        input: [behind('0', promised), behind('1', 1)],
        checks: [{ at: 1 }, { at: 2, fires: { shows: [String(promised + 1)] } }],
      },
      { name: 'exactly as many as promised', input: [behind('0', promised)], checks: [{ at: 10 }] },
      {
        name: 'two members report one partition while it moves',
        input: [behind('0', promised), behind('0', promised, 'b')],
        checks: [{ at: 10 }],
      },
      {
        name: 'a negative lag hides nothing',
        input: [behind('0', promised + 1), behind('1', -5)],
        checks: [{ at: 2, fires: { shows: [String(promised + 1)] } }],
      },
    ],
  };
};
