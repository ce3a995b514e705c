import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ProducerAlert, perProducer } from '../alert.ts';
import { above, buckets, quantile, rate, sumBy } from '../promql.ts';
import { asDuration, durationShown, sentence } from '../sentence.ts';
import { bucketSeries, growing, stairs } from '../test-series.ts';

/** Seconds to an acknowledgement that are normal under load. */
const normal = 1;

/** Acknowledgements take long: what precedes time-outs. */
export const sendsSlow: ProducerAlert = ({ contract, producer, where, labels }) => {
  const perBucket = sumBy([...perProducer, 'le'], rate(buckets(metrics.sendSeconds, where), '5m'));
  const sends = (bound: number, many = (perMinute: number) => growing(0, perMinute, 60)) => [
    bucketSeries(metrics.sendSeconds, labels, bound / 10, many(90)),
    bucketSeries(metrics.sendSeconds, labels, bound, many(95)),
    bucketSeries(metrics.sendSeconds, labels, '+Inf', many(100)),
  ];
  return {
    name: 'TenetSendsSlow',
    severity: 'warning',
    team: producer.owner,
    expression: above(quantile<(typeof perProducer)[number]>(0.99, perBucket), normal),
    forMinutes: 10,
    summary: `Publishing ${contract.name} takes long.`,
    description: sentence`One send of ${producer.service} in a hundred waits ${asDuration} or longer for its acknowledgement.`,
    runbook: {
      when: markdown`for 10 minutes one acknowledgement in a hundred took longer than ${normal} second`,
      means: markdown`The broker is slow to confirm. Callers of ${code(producer.service)} wait for it, and time-outs come next.`,
      look: [
        markdown`The brokers: disk, network, replicas that fall out of sync.`,
        markdown`${code(metrics.recordsSent.name)}: more than the ${code(contract.traffic.peak.text)} that the contract declares?`,
      ],
      act: [
        markdown`Heal the broker. A larger topic does not help against a slow disk.`,
        markdown`More traffic than declared: change the contract, and with it the partitions, in a pull request.`,
      ],
    },
    tests: [
      {
        name: 'a slow tail',
        input: sends(normal * 2),
        checks: [{ at: 10 }, { at: 11, fires: { shows: [durationShown(normal * 2)] } }],
      },
      {
        name: 'a slow tail of little traffic',
        input: sends(normal * 2, (handled) => stairs(handled, 4)),
        checks: [{ at: 20, fires: { shows: [durationShown(normal * 2)] } }],
      },
      { name: 'just quick enough', input: sends(normal), checks: [{ at: 20 }] },
    ],
  };
};
