import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ProducerAlert, perProducer, standstill } from '../alert.ts';
import { above, increase, select, sumBy } from '../promql.ts';
import { asCount, label, sentence } from '../sentence.ts';
import { growing, series, stairs, steady } from '../test-series.ts';

/** Sends fail for good, time-outs among them; one alert per error code. */
export const sendsFailing: ProducerAlert = ({ contract, producer, where, labels }) => {
  const failures = (values: string) => [series(metrics.sendFailures, { ...labels, code: 'send-failed' }, values)];
  return {
    name: 'TenetSendsFailing',
    severity: standstill(contract),
    team: producer.owner,
    expression: above(sumBy([...perProducer, 'code'], increase(select(metrics.sendFailures, where), '5m')), 0),
    forMinutes: 5,
    summary: `${producer.service} cannot publish ${contract.name}.`,
    description: sentence`${asCount} sends of ${producer.service} failed for good in the last 5 minutes (${label('code')}). What the caller did not keep is not published.`,
    runbook: {
      when: markdown`for 5 minutes sends failed for good within the last 5`,
      means: markdown`The broker did not acknowledge events of ${code(producer.service)}, or refused them. The caller was told with an error; nothing is sent later by itself.`,
      look: [
        markdown`The label ${code('code')}: ${code('send-failed')} is a broker that does not answer in time or lacks replicas, ${code('too-large')} a record over ${code(contract.topic.maxMessage.text)}.`,
        markdown`Do other producers fail too? Then the broker. Only this one? Then its network, its permissions, or its last release.`,
        markdown`In-sync replicas of ${code(contract.topic.name)}: ${contract.topic.minInSync} must confirm.`,
      ],
      act: [
        markdown`Heal the broker, or roll back the release.`,
        markdown`Find out from the service's log what was not published, and publish it again. An event whose answer was lost may have been written: it then comes twice.`,
      ],
    },
    tests: [
      {
        name: 'it keeps failing',
        input: failures(growing(0, 2, 60)),
        checks: [
          { at: 5 },
          { at: 6, fires: { shows: ['10', 'send-failed'], labels: { ...labels, code: 'send-failed' } } },
        ],
      },
      {
        name: 'now and then',
        input: failures(stairs(1, 3)),
        checks: [{ at: 12, fires: { shows: ['2', 'send-failed'], labels: { ...labels, code: 'send-failed' } } }],
      },
      { name: 'it failed long ago', input: failures(steady(4, 60)), checks: [{ at: 20 }] },
      { name: 'it heals', input: failures(`${growing(0, 2, 3)} ${steady(6, 60)}`), checks: [{ at: 4 }, { at: 30 }] },
    ],
  };
};
